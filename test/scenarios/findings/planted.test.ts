// What is planted in a random mesh is named first, with its line; where nothing is planted, nothing is named. planted.slow.test.ts does it 200 times.
import { expect, test } from 'vitest';
import { isNamedBy, PLANTERS, planted } from '../../support/planted.js';
import { randomMesh, runRandomMesh } from '../../support/random-mesh.js';

test.each(Object.keys(PLANTERS))('%s is named first', async (cause) => {
  const { mesh, expected } = planted(cause, 'fast');
  const [first] = (await runRandomMesh(mesh)).findings;
  expect(isNamedBy(first, expected), `${JSON.stringify(expected)}: ${first?.code} ${first?.sentence}`).toBe(true);
});

test.each(Array.from({ length: 10 }, (_, i) => i))(
  'nothing is named in mesh %i, in which nothing is wrong',
  async (i) => {
    const { findings } = await runRandomMesh(randomMesh(`fast ${i}`));
    expect(findings.filter(({ role }) => role !== 'note')).toEqual([]);
  },
);
