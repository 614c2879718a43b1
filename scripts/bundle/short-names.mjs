// Shortens the names inside functions: a third of the text of packages and a fifth of ours, which a start has to read. The names of functions, classes
// and methods of ours stay, so that the stack of a fault says something.
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';
import { plainYaml } from './plain-yaml.mjs';

/** What class fields compile to is said there. */
const tsconfigRaw = await readFile(new URL('../../tsconfig.json', import.meta.url), 'utf8');

/** A plugin of esbuild. */
export function shortNames() {
  return {
    name: 'short-names',
    setup(build) {
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$|\.ts$/ }, async ({ path }) => {
        const { code } = await transform(plainYaml(path, await readFile(path, 'utf8')), {
          loader: path.endsWith('.ts') ? 'ts' : 'js',
          tsconfigRaw,
          minifyIdentifiers: true,
          legalComments: 'none',
        });
        return { contents: code, loader: 'js' };
      });
    },
  };
}
