// Puts the compiled schemas of Kubernetes' kinds into the built files, one chunk a kind, and the library that evaluates CEL, so that who installs Seatrial
// needs none of the packages that they come from: models/config/published/{validators,cel-rules}.ts -> dist/models/config/published/. Run by
// `npm run build`, after tsc.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licences } from './licences.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/models/config/published');

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['validators', 'cel-rules'].map((name) => join(ROOT, `models/config/published/${name}.ts`)),
  outdir: OUT,
  chunkNames: 'schemas/[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // @bufbuild/re2 is a fork of RE2JS, with the same methods.
  alias: { 're2-wasm': join(ROOT, 'scripts/re2-by-re2js.mjs'), '@bufbuild/re2': 're2js' },
  external: ['re2js'],
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
  write: false,
});
await rm(join(OUT, 'schemas'), { recursive: true, force: true });
for (const { path, contents } of outputFiles) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
await writeFile(join(OUT, 'schemas/LICENSES.txt'), await licences('folder', Object.keys(metafile.inputs)));
