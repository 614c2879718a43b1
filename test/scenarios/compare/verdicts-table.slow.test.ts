// The verdict, the exit code and the first sentences on pairs of worlds with known truth: all others.
import { describe, expect, it } from 'vitest';
import { expectKnown } from './known-verdicts.js';
import { KNOWN_PAIRS } from './verdicts-table.js';

const slow = KNOWN_PAIRS.filter(({ isFast }) => isFast !== true);

describe('known pairs of worlds', () => {
  it.each(slow)('$name: $kind', expectKnown, 120_000);

  it('are enough', () => {
    expect(KNOWN_PAIRS.length).toBeGreaterThanOrEqual(24);
  });
});
