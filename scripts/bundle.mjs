// Bundles the program: cli/main.ts -> dist/cli/main.js, with one chunk for each command and some for what commands share, so that a start opens a few
// files in place of hundreds. The chunks stand in dist/program/, and so do the worker threads, since the code that starts a thread looks beside itself.
// The compiled schemas of Kubernetes' kinds, one chunk a kind, and the library that evaluates CEL are bundled in the same go, for the program and for
// the library (models/config/published/): nobody who installs Seatrial needs the packages that they come from. Run by `npm run build`, after tsc, some
// of whose files it replaces; `METAFILE=FILE node scripts/bundle.mjs` says what takes the bytes (esbuild's metafile).
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { commonChunk } from './bundle/common-chunk.mjs';
import { lazyPackages } from './bundle/lazy-packages.mjs';
import { licences } from './bundle/licences.mjs';
import { shortNames } from './bundle/short-names.mjs';
import { withoutUnused } from './bundle/without-unused.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

const SHARED = {
  absWorkingDir: ROOT,
  bundle: true,
  // Names of ours stay, so that the stack of a fault says something.
  minifyWhitespace: true,
  minifySyntax: true,
  target: 'es2022',
  platform: 'node',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
  write: false,
};

/** What a start loads anyway, and what is small and used by most commands. */
const COMMON = [
  './cli/program.ts',
  './cli/standard-streams.ts',
  './cli/version.ts',
  './cli/engine-flags.ts',
  './cli/exit-codes.ts',
  './cli/user-error.ts',
  './cli/system-error.ts',
  './cli/output-place.ts',
  './cli/terminal.ts',
  './reports/escape.ts',
  './reports/json.ts',
  './reports/layout.ts',
  './sim/nearest.ts',
];

/** The kinds that most meshes have. */
const COMMON_KINDS = [
  'kubernetes-models/apps/v1/Deployment',
  'kubernetes-models/v1/Namespace',
  'kubernetes-models/v1/Service',
  'kubernetes-models/v1/ServiceAccount',
];

/** Files of which each loads the chunks that it shares with others. */
const modules = (entryPoints) => ({
  ...SHARED,
  entryPoints,
  outdir: DIST,
  chunkNames: 'program/[name]-[hash]',
  splitting: true,
  format: 'esm',
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  alias: {
    // @bufbuild/re2 is a fork of RE2JS, with the same methods.
    're2-wasm': join(ROOT, 'scripts/bundle/re2-by-re2js.mjs'),
    '@bufbuild/re2': 're2js',
    // models/config/yaml.ts has the reason.
    yaml: join(ROOT, 'node_modules/yaml/browser/dist/index.js'),
  },
  plugins: [
    commonChunk('cli', COMMON),
    commonChunk('models/config/published', COMMON_KINDS),
    lazyPackages(),
    withoutUnused(),
    shortNames(),
  ],
});

const program = await build(
  modules({
    'cli/main': 'cli/main.ts',
    'models/config/published/validators': 'models/config/published/validators.ts',
    'models/config/published/cel-rules': 'models/config/published/cel-rules.ts',
  }),
);

// Apart, because every way in divides what is shared into more chunks, each of which costs a start.
const workers = await build(
  modules({
    'program/worker': 'scenarios/running/worker.ts',
    'program/arm-worker': 'scenarios/compare/arm-worker.ts',
  }),
);

// For the library, which else gets the build of the package that Node is given.
const yaml = await build(modules({ 'models/config/yaml': 'models/config/yaml.ts' }));

const lazy = await build({
  ...SHARED,
  entryPoints: lazyPackages.entryPoints,
  outdir: join(DIST, 'program'),
  outExtension: { '.js': '.cjs' },
  minifyIdentifiers: true,
  format: 'cjs',
});

await rm(join(DIST, 'program'), { recursive: true, force: true });
for (const { path, contents } of [program, workers, yaml, lazy].flatMap(({ outputFiles }) => outputFiles)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
const inputs = [program, workers, yaml, lazy].flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(join(DIST, 'program/LICENSES.txt'), await licences('folder', inputs));
if (process.env.METAFILE !== undefined) await writeFile(process.env.METAFILE, JSON.stringify(program.metafile));
