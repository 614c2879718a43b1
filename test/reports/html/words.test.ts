// Sentences and numbers of the report.
import { describe, expect, test } from 'vitest';
import {
  answerSentence,
  goalSentence,
  intervalWords,
  perCall,
  unbroken,
  valueWords,
  verdictOf,
} from '../../../reports/html/words.js';
import { formatDurationMs, formatShare } from '../../../reports/numbers.js';
import type { RunResult, Verdict } from '../../../scenarios/result/run-result.js';
import { measured, NO_DATA, RESULT, TOO_FEW } from '../fixture.js';

describe('numbers', () => {
  test.each([
    [measured(17.2, 0.2), '17.0 – 17.4 ms'],
    [measured(4.99, 0.79), '4.20 – 5.78 ms'],
    [measured(1000, 900), '100 ms – 1.9 s'],
    [measured(5, 5), '0 – 10 ms'],
    [measured(5), 'exact'],
    [{ value: 5, low: null, high: null, reason: 'one replication' as const }, 'no interval: one replication'],
    [TOO_FEW, ''],
  ])('an interval of %j', (value, words) => {
    expect(intervalWords(value, formatDurationMs)).toBe(words);
  });

  test('the unit of a share is said once', () => {
    expect(intervalWords(measured(0.0105, 0.0055), formatShare)).toBe('0.5 – 1.6 %');
  });

  test('what is missing says so', () => {
    expect(valueWords(TOO_FEW, formatDurationMs)).toBe('too few');
    expect(valueWords(NO_DATA, formatDurationMs)).toBe('–');
    expect(perCall(0.00051)).toBe('0.00051');
    expect(perCall(1.02)).toBe('1.02');
  });

  test('a number and its unit are not torn apart', () => {
    expect(unbroken('99 % within 205 ms and 3 things')).toBe('99\u00a0% within 205\u00a0ms and 3 things');
  });
});

describe('sentences', () => {
  test('the answer', () => {
    expect(answerSentence(RESULT.totals)).toBe(
      'Of 300 requests a second, 0.12 % failed. Half of the good answers came within 12.3 ms, 99 % within 181 ms.',
    );
    expect(answerSentence({ ...RESULT.totals, offeredPerSecond: measured(0) })).toBe('No request was sent.');
  });

  const goals = (...verdicts: Verdict[]): string => {
    const thresholds = verdicts.map((verdict) => ({ ...RESULT.thresholds[0], verdict }));
    return goalSentence({ ...RESULT, thresholds, slos: [] });
  };

  test.each([
    [[], ''],
    [['pass'], 'The threshold holds.'],
    [['fail'], 'The threshold fails.'],
    [['inconclusive'], 'The threshold cannot be told from this much data.'],
    [['pass', 'pass'], 'Both thresholds hold.'],
    [['pass', 'pass', 'pass'], 'All 3 thresholds hold.'],
    [['pass', 'fail'], '1 of 2 thresholds holds, 1 fails.'],
    [
      ['pass', 'pass', 'fail', 'inconclusive'],
      '2 of 4 thresholds hold, 1 fails, 1 cannot be told from this much data.',
    ],
    [['fail', 'inconclusive'], 'None of 2 thresholds holds, 1 fails, 1 cannot be told from this much data.'],
  ] satisfies [Verdict[], string][])('%j', (verdicts, sentence) => {
    expect(goals(...verdicts)).toBe(sentence);
  });

  test('without thresholds a whole run is done, not passed', () => {
    const open: RunResult = { ...RESULT, thresholds: [], verdict: 'pass' };
    expect(verdictOf(open)).toBe('done');
    expect(verdictOf({ ...open, verdict: 'inconclusive' })).toBe('inconclusive');
    expect(verdictOf(RESULT)).toBe('fail');
  });
});
