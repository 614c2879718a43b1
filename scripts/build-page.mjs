// Bundles the script and the style of the HTML reports: reports/html/page/main.ts -> dist/reports/html/page/main.js, report.css. A report holds
// both, so that it needs nothing else. Run by `npm run build`, after tsc; `node scripts/build-page.mjs [DIR]` builds to another place.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licences } from './bundle/licences.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'reports/html/page');

/** Writes `main.js` and `report.css` into `directory`. Throws if the script could not stand in a page. */
export async function buildPage(directory) {
  const options = {
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'error',
  };
  const script = await build({
    ...options,
    entryPoints: [join(PAGE, 'main.ts')],
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    metafile: true,
  });
  const style = await build({ ...options, entryPoints: [join(PAGE, 'style/report.css')], target: 'es2022' });
  const text = `/*!\n${await licences('script', Object.keys(script.metafile.inputs))}*/\n${script.outputFiles[0].text}`;
  for (const end of ['</script', '<!--', '<script']) {
    if (text.toLowerCase().includes(end)) throw new Error(`the page's script holds ${end}, which would end it`);
  }
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'main.js'), text);
  await writeFile(join(directory, 'report.css'), style.outputFiles[0].text);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildPage(resolve(process.argv[2] ?? join(ROOT, 'dist/reports/html/page')));
}
