// Incident 5, a metastable failure: the four arms of the published experiment, and a way out (DY-60).
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, simulate } from '../../scenarios/library.js';
import { courseOf, METASTABLE } from '../support/metastable.js';

async function run(arm: string): Promise<RunResult> {
  return await simulate(loadMesh(join(METASTABLE, arm)), { workers: 0 });
}

describe('5: a metastable failure (DY-60)', () => {
  // Attempts at the edges of seconds fall into one or the other: groups of five, as the tries of a request follow each other exactly.
  test.each([
    [
      'weaker-trigger',
      62_557,
      5,
      [
        [60, 225, 380],
        [67, 78, 628],
        [69, 0, 760],
        [70, 0, 1008],
        [71, 840, 501],
        [73, 1000, 380],
        [76, 380, 380],
        [150, 380, 380],
      ],
    ],
    [
      '',
      196_343,
      25,
      [
        [60, 200, 380],
        [67, 0, 760],
        [69, 0, 1016],
        [70, 0, 1140],
        [71, 0, 1140],
        [73, 0, 1520],
        [76, 0, 1900],
        [150, 0, 1900],
      ],
    ],
    [
      'shorter-trigger',
      62_820,
      5,
      [
        [60, 200, 380],
        [67, 0, 760],
        [69, 0, 1016],
        [70, 515, 748],
        [71, 1000, 380],
        [76, 380, 380],
        [150, 380, 380],
      ],
    ],
    [
      'lower-load',
      45_599,
      5,
      [
        [60, 200, 285],
        [67, 200, 285],
        [70, 1000, 285],
        [71, 420, 285],
        [73, 285, 285],
        [150, 285, 285],
      ],
    ],
  ])('the arm %s takes the course of the experiment', async (arm, total, off, seconds) => {
    const course = courseOf(await run(arm));
    expect(Math.abs(course.total - total)).toBeLessThanOrEqual(off);
    for (const [at, good, attempts] of seconds) {
      expect(Math.abs(course.good[at!]! - good!), `good answers in second ${at}`).toBeLessThanOrEqual(2);
      expect(Math.abs(course.attempts[at!]! - attempts!), `attempts in second ${at}`).toBeLessThanOrEqual(13);
    }
  });

  test('a cut of the load rescues it', async () => {
    const { good } = courseOf(await run('load-cut'));
    expect(Math.max(...good.slice(72, 80))).toBe(0);
    expect(good.slice(120).every((value) => value === 380)).toBe(true);
  });
});
