// Meshes that look like real ones: what the linter says of each, and what after one change. Findings are compared as a whole, so that one too many fails.
import { describe, expect, test } from 'vitest';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { DELIVERY } from './meshes/delivery.js';
import { WORLDS } from './meshes/worlds.js';

async function codes(text: string): Promise<string[]> {
  const { result } = await lintTexts([{ name: 'mesh.yaml', text }]);
  return result.findings.map(({ code }) => code);
}

describe.each([...DELIVERY, ...WORLDS])('$what', ({ yaml, says, why, change: [from, to], changed, because }) => {
  test(why, async () => {
    expect(await codes(yaml)).toEqual(says);
  });

  test(`changed: ${because}`, async () => {
    expect(yaml).toContain(from);
    expect(await codes(yaml.replace(from, to))).toEqual(changed);
  });
});
