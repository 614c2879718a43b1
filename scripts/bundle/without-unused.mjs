// What packages load at a start and nobody asks for.

const UNUSED = [
  // Formats of texts that no schema of Kubernetes asks for (international addresses of mail, IRIs), with 110 kB of parsers.
  { path: /^ajv-formats-draft2019\//, importer: /[\\/]@kubernetes-models[\\/]validate[\\/]/ },
  // For commands that are programs of their own; sockets come with it.
  { path: /^node:child_process$/, importer: /[\\/]commander[\\/]/ },
];

/** A plugin of esbuild that puts an empty module in their place. */
export function withoutUnused() {
  return {
    name: 'without-unused',
    setup(build) {
      for (const { path: filter, importer: who } of UNUSED)
        build.onResolve({ filter }, ({ path, importer }) =>
          who.test(importer) ? { path, namespace: 'unused' } : null,
        );
      build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
    },
  };
}
