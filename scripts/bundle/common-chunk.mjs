// Gathers small files that several parts of the program share in one chunk. Without that each set of parts that share a file is a chunk of its own, and
// a start opens dozens of them, most of which hold a few lines.
import { resolve } from 'node:path';

/**
 * A plugin of esbuild: what a file of `folder` loads by `import()` loads `files` (paths, or modules of packages) and what these import as well. esbuild
 * puts into one chunk what the same entry points load.
 */
export function commonChunk(folder, files) {
  const common = files.map((file) => `import ${JSON.stringify(file)};\n`).join('');
  const namespace = `common-chunk-of-${folder}`;
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir }) => {
        if (kind !== 'dynamic-import' || !importer.startsWith(resolve(folder))) return null;
        const resolved = await build.resolve(path, { kind: 'import-statement', importer, resolveDir });
        return { path: resolved.path, namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `${common}export * from ${JSON.stringify(path)};\n`,
        resolveDir: resolve('.'),
      }));
    },
  };
}
