// The verdict, the exit code and the first sentences on pairs of worlds with known truth: those that take no time.
import { describe, expect, it } from 'vitest';
import { expectKnown, outcomeOf } from './known-verdicts.js';
import { KNOWN_PAIRS } from './verdicts-table.js';

const fast = KNOWN_PAIRS.filter(({ isFast }) => isFast === true);

describe('known pairs of worlds', () => {
  it.each(fast)('$name: $kind', expectKnown, 60_000);

  it('what carries no calls in one world is new or gone, never worse or better', async () => {
    const pair = KNOWN_PAIRS.find(({ name }) => name === 'a new edge')!;
    const [{ metrics }] = (await outcomeOf(pair)).result!.comparisons;
    const db = metrics.filter(({ subject }) => subject.kind === 'service' && subject.service === 'db');
    expect(db.find(({ metric }) => metric === 'p90')).toMatchObject({ verdict: 'new', base: null, reason: 'no calls' });
    expect(db.filter(({ verdict }) => verdict === 'worse' || verdict === 'better')).toEqual([]);
  }, 60_000);
});
