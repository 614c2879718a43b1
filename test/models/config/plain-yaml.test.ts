// The build writes the lexer and the parser of the package `yaml` in another way (scripts/bundle/plain-yaml.mjs): both find the same tokens and lines.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as written from '../../../models/config/yaml.js';
import { MUTATION, mutate, TOKENS } from '../../support/mutations.js';

const ROOT = join(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'dist/models/config/yaml.js');
const isBuilt = existsSync(BUILT);

const TEXTS = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => readFileSync(join(ROOT, 'examples', name), 'utf8'));

function found({ LineCounter, Parser }: Pick<typeof written, 'LineCounter' | 'Parser'>, text: string): unknown {
  const lines = new LineCounter();
  return { tokens: [...new Parser(lines.addNewLine).parse(text)], lines: lines.lineStarts };
}

describe.skipIf(!isBuilt)(`the parser of the build${isBuilt ? '' : ` (${BUILT} is missing: npm run build)`}`, () => {
  it.each(TEXTS.map((text, number) => ({ text, number })))(
    'reads example $number as the package does',
    async ({ text }) => {
      expect(found(await import(BUILT), text)).toEqual(found(written, text));
    },
  );

  it('reads what is hardly YAML as the package does', async () => {
    const built = await import(BUILT);
    const noise = fc
      .array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 3 })), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const mutated = fc
      .tuple(fc.constantFrom(...TEXTS), fc.array(MUTATION, { minLength: 1, maxLength: 4 }))
      .map(([text, mutations]) => mutations.reduce(mutate, text));
    const same = (text: string): void => {
      expect(found(built, text)).toEqual(found(written, text));
    };
    fc.assert(fc.property(noise, same), { seed: 1, numRuns: 500 });
    fc.assert(fc.property(mutated, same), { seed: 1, numRuns: 60 });
  });
});
