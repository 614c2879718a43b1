// The notices of the packages in a bundle, as their licences ask for; each text once.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** @param what holds them; `inputs`: the files of it (`Object.keys(metafile.inputs)` of esbuild) */
export async function licences(what, inputs) {
  const folders = new Set(inputs.flatMap((input) => /^[^:]*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const byText = new Map();
  for (const folder of [...folders].sort()) {
    const directory = resolve(folder);
    const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const text = (await licenceOf(directory, license)).replaceAll('\r', '').trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const blocks = [...byText].map(([text, names]) => `${[...new Set(names)].join(', ')}\n\n${text}\n\n`);
  return `This ${what} holds these packages:\n\n${blocks.join('---\n')}`.replaceAll('*/', '* /');
}

/** @param named by the package, where it holds no text */
async function licenceOf(directory, named) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENSE-MIT.txt', 'LICENCE', 'license']) {
    try {
      return await readFile(join(directory, name), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  if (typeof named === 'string') return `${named} (the package holds no text of it)`;
  throw new Error(`${directory} has no licence`);
}
