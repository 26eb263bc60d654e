import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { strictGlue } from './glue.ts';

/**
 * One file: script and style inside the HTML, and a content security policy that admits them, by hash, and nothing
 * else. Beside it MuJoCo's binary, compressed; the package puts it in when it writes a page.
 */
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
      html.fileName = 'page.html';
      const engine = readFileSync(new URL('node_modules/@mujoco/mujoco/mujoco.wasm', import.meta.url));
      this.emitFile({ type: 'asset', fileName: 'mujoco.wasm.gz', source: gzipSync(engine, { level: 9 }) });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [strictGlue(), oneFile()],
  worker: { format: 'iife', plugins: () => [strictGlue()] },
  build: {
    outDir: '../src/psoas/export/bundle',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
