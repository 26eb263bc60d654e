import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** MuJoCo's glue asks for its binary by address; the page hands the bytes over instead, so no address is left in it. */
function withoutBinaryAddress(): Plugin {
  return {
    name: 'without-binary-address',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@mujoco/mujoco/mujoco.js')) return null;
      const bare = code.replace("new URL('mujoco.wasm', import.meta.url).href", "''");
      if (bare === code) throw new Error('The glue of MuJoCo changed: look at how it finds mujoco.wasm.');
      return bare;
    },
  };
}

/** One file: script and style inside the HTML, and a content security policy that admits them, by hash, and nothing else. */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const html = Object.values(bundle).find((x) => x.fileName.endsWith('.html'));
      if (html?.type !== 'asset') throw new Error('There is no page to put the script into.');
      let text = String(html.source);
      const allowed: Record<string, string[]> = { 'script-src': ["'wasm-unsafe-eval'", 'blob:'], 'style-src': [] };
      for (const [name, item] of Object.entries(bundle)) {
        if (item === html) continue;
        const isScript = item.type === 'chunk';
        const body = isScript ? item.code.replaceAll('</script', '<\\/script') : String(item.source);
        const tag = isScript
          ? new RegExp(`<script[^>]*src="[^"]*${item.fileName}"[^>]*></script>`)
          : new RegExp(`<link[^>]*href="[^"]*${item.fileName}"[^>]*>`);
        if (!tag.test(text)) throw new Error(`${name} is not named by the page.`);
        text = text.replace(tag, () => (isScript ? `<script type="module">${body}</script>` : `<style>${body}</style>`));
        const hash = createHash('sha256').update(body).digest('base64');
        allowed[isScript ? 'script-src' : 'style-src'].push(`'sha256-${hash}'`);
        delete bundle[name];
      }
      const policy = [
        "default-src 'none'",
        ...Object.entries(allowed).map(([directive, sources]) => `${directive} ${sources.join(' ')}`),
        'worker-src blob:',
        'img-src data: blob:',
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ');
      html.source = text.replace('CONTENT_SECURITY_POLICY', policy);
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [withoutBinaryAddress(), oneFile()],
  worker: { format: 'es', plugins: () => [withoutBinaryAddress()] },
  build: {
    outDir: '../src/psoas/export/bundle',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rollupOptions: { output: { inlineDynamicImports: true } },
  },
});
