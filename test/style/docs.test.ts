// The YAML in the documentation is a scenario, or a part of one, that the schema accepts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { scenarioSchema } from '../../scenarios/document/schema.js';

const HEAD = 'apiVersion: seatrial.dev/v1alpha1\nkind: Scenario\n';

const BLOCKS = ['README.md', 'docs/scenario.md', 'docs/timeline.md'].flatMap((page) => {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${page}:${text.slice(0, match.index).split('\n').length}`,
    yaml: whole(match[1]),
  }));
});

/** Parts are indented as they stand in a whole scenario. */
function whole(block: string): string {
  if (block.startsWith('apiVersion')) return block;
  if (block.startsWith('spec:')) return HEAD + block;
  return block.startsWith('      ') ? `${HEAD}spec:\n  services:\n    any:\n${block}` : `${HEAD}spec:\n${block}`;
}

test.each(BLOCKS)('$place', ({ yaml }) => {
  const { error } = scenarioSchema.safeParse(parse(yaml));
  expect(error?.issues ?? []).toEqual([]);
});
