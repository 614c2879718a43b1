// Packages that few inputs need: each stands in a file of its own, which is read and compiled when the first of its exports is first used. What uses
// them is synchronous, so that the file is CommonJS, and a stand-in with the same names is in its place until then.

/** The exports that are used of each; objects or classes with static methods, not to be called or constructed themselves. */
const PACKAGES = {
  re2js: ['RE2JS'],
  '@prometheus-io/lezer-promql': ['parser'],
};

const fileOf = (name) => name.replace(/^@/, '').replaceAll('/', '-');

/** A plugin of esbuild for whoever imports them. */
export function lazyPackages() {
  return {
    name: 'lazy-packages',
    setup(build) {
      const filter = new RegExp(`^(?:${Object.keys(PACKAGES).join('|')})$`);
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'lazy' }));
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({ contents: standIn(path), loader: 'js' }));
    },
  };
}

/** The files of the packages themselves, as esbuild takes entry points. */
lazyPackages.entryPoints = Object.fromEntries(Object.keys(PACKAGES).map((name) => [fileOf(name), name]));

function standIn(name) {
  const exported = PACKAGES[name].map(
    (word) => `export const ${word} = new Proxy({}, { get: (_, field) => load().${word}[field] });`,
  );
  // The file is none of the bundle's: esbuild is not to look into the call.
  return `let loaded;
const load = () => (loaded ??= (0, require)('./${fileOf(name)}.cjs'));
${exported.join('\n')}
`;
}
