// Runs that go on until requests are as before: bounds, looks, and whole runs through the library.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMesh, type ScenarioSpec, simulate } from '../../../scenarios/library.js';
import { longRunInterval, RecoveryWatch, recoveryBounds } from '../../../scenarios/running/until-recovered.js';
import { entryOf, fakeSeries, seconds } from '../timed-runs.js';

const S = 1e9;
const yaml = readFileSync(join(import.meta.dirname, '../../../examples/minimal/mesh.yaml'), 'utf8');

function meshWith(timeline: ScenarioSpec['timeline'], rate = '200/s') {
  const scenario = {
    run: { duration: '20s', warmup: '1s', replications: 2, seed: 'until' },
    traffic: [{ name: 'visitors', from: 'visitor.default', to: 'http://greeter/hello', rate }],
    services: { greeter: { work: 'exponential(mean=2ms)' } },
    timeline,
  };
  return loadMesh([{ name: 'mesh.yaml', text: yaml }], { scenario });
}

describe('bounds', () => {
  const run = { durationNs: 60 * S, intervalNs: S };
  const boundsOf = (...timeline: Parameters<typeof entryOf>[]) =>
    recoveryBounds({ timeline: timeline.map((entry) => entryOf(...entry)) }, run, 100 * S);

  test('count from the end of the last entry, or from the beginning of what never ends', () => {
    expect(boundsOf(['a', [10], 20])).toEqual({ leastNs: 60 * S, boundNs: 130 * S });
    expect(boundsOf(['a', [10], null], ['b', [20, 40], 5])).toEqual({ leastNs: 60 * S, boundNs: 145 * S });
  });

  test('the run is over no sooner than its last entry', () => {
    expect(boundsOf(['a', [50], 100])).toEqual({ leastNs: 151 * S, boundNs: 250 * S });
  });

  test('where nothing happens, the run is as long as it is', () => {
    expect(boundsOf()).toEqual({ leastNs: 60 * S, boundNs: 60 * S });
    expect(boundsOf(['odd pods', [], null])).toEqual({ leastNs: 60 * S, boundNs: 60 * S });
  });

  test('very long runs have coarser intervals, in whole multiples', () => {
    expect(longRunInterval(0.2 * S, 660 * S)).toBe(0.2 * S);
    expect(longRunInterval(0.2 * S, 4 * 4800 * S)).toBe(4 * S);
  });
});

test('the watch looks again in steps that grow, and is satisfied when all is as before', () => {
  const timeline = [entryOf('a', [20], 10)];
  const series = (length: number) =>
    fakeSeries([seconds(length, (second) => (second >= 20 && second < 100 ? { errors: 50 } : {}))]);
  const watch = new RecoveryWatch({ timeline }, 60 * S, S);
  const looks: number[] = [];
  while (!watch.look(series(watch.nextNs / S))) looks.push(watch.nextNs / S);
  expect(looks).toEqual([70, 80, 90, 100, 110]);
  expect(watch.nextNs).toBe(110 * S);
});

describe('a run', () => {
  test('that has recovered when its time is over is the run without the option', async () => {
    const mesh = meshWith([{ at: '5s', for: '2s', fail: { workload: 'greeter' } }]);
    const plain = await simulate(mesh, { workers: 0 });
    const { untilRecovered, ...rest } = await simulate(mesh, { workers: 0, recoverWithin: '60s' });
    expect(rest).toEqual(plain);
    expect(untilRecovered).toEqual({
      durationNs: 20e9,
      boundNs: 67e9,
      recovered: 2,
      notRecovered: 0,
      verdict: 'pass',
    });
  });

  test('goes on past its time, and past the end of what began inside it, until requests are as before', async () => {
    const mesh = meshWith([{ at: '5s', for: '30s', fail: { workload: 'greeter' } }]);
    const result = await simulate(mesh, { workers: 0, recoverWithin: '60s' });
    expect(result.durationNs).toBeGreaterThan(35e9);
    expect(result.durationNs).toBeLessThan(45e9);
    expect(result.untilRecovered?.verdict).toBe('pass');
    expect(result.impacts?.[0]).toMatchObject({ endSeconds: 35, recovery: { from: 'end', recovered: 2 } });
    expect(result.phases?.at(-1)?.toSeconds).toBe(result.durationNs / 1e9);
    // What the run without the option sees is the beginning of it.
    const plain = await simulate(mesh, { workers: 0 });
    const { servedPerSecond: served } = plain.series.traffic[0];
    expect(result.series.traffic[0].servedPerSecond.slice(0, served.length - 1)).toEqual(served.slice(0, -1));
  });

  test('that does not recover ends at its bound, and fails', async () => {
    const mesh = meshWith([{ at: '5s', fail: { workload: 'greeter' } }]);
    const result = await simulate(mesh, { workers: 0, recoverWithin: '30s' });
    expect(result.durationNs).toBe(35e9);
    expect(result.verdict).toBe('fail');
    expect(result.untilRecovered).toMatchObject({ recovered: 0, notRecovered: 2, verdict: 'fail' });
    expect(result.impacts?.[0].recovery.left).toMatchObject({ afterSeconds: 30, errorShare: 1 });
  });

  test('of a time that is none is refused', async () => {
    await expect(simulate(meshWith([]), { workers: 0, recoverWithin: 'soon' })).rejects.toThrow(RangeError);
  });
});
