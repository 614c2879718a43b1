// @kubernetes-models/validate knows formats of texts that no schema of Kubernetes asks for (international addresses of mail, IRIs), with 110 kB of parsers.

const UNUSED = 'ajv-formats-draft2019/formats/index.js';

/** A plugin of esbuild that leaves them out. Throws where a schema does ask for one. */
export function withoutFormats() {
  return {
    name: 'without-formats',
    setup(build) {
      build.onResolve({ filter: /^ajv-formats-draft2019\// }, ({ path }) => {
        if (path !== UNUSED) throw new Error(`${path} is new: see whether it is needed`);
        return { path, namespace: 'unused' };
      });
      build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default {};', loader: 'js' }));
    },
  };
}
