/** What this browser can draw with. */

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i; // names of renderers without a graphics card

/** None, the processor alone, or a graphics card. */
export type Ability = 'none' | 'software' | 'card';

let found: Ability | null = null;

/** Find out, once: a context for a drawing takes its time. */
export function ability(): Ability {
  found ??= probed();
  return found;
}

function probed(): Ability {
  const context = document.createElement('canvas').getContext('webgl2');
  if (context === null) return 'none';
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return SOFTWARE.test(name) ? 'software' : 'card';
}
