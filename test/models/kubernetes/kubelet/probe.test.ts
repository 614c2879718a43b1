import { describe, expect, test } from 'vitest';
import {
  DEFAULT_PROBE,
  type ProbedContainer,
  type ProbeSpec,
  ProbeWorker,
} from '../../../../models/kubernetes/kubelet/probe.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const UP: ProbedContainer = { runningSinceNs: 0, started: true, terminating: false };

const readiness = (spec: Partial<ProbeSpec> = {}, firstTickNs = 0): ProbeWorker =>
  new ProbeWorker('readiness', { ...DEFAULT_PROBE, ...spec }, firstTickNs);

/** Probes at the given seconds, with their outcomes, and tells what is believed after each. */
function outcomes(worker: ProbeWorker, list: readonly boolean[]): string[] {
  return list.map((success) => {
    const nowNs = worker.nextNs!;
    expect(worker.tick(nowNs, UP)).toBe(true);
    return worker.finish(nowNs, success).result;
  });
}

test('what is believed at first', () => {
  const result = (kind: 'startup' | 'readiness' | 'liveness') => new ProbeWorker(kind, DEFAULT_PROBE, 0).result;
  expect([result('readiness'), result('liveness'), result('startup')]).toEqual(['failure', 'success', 'unknown']);
});

test('thresholds count equal outcomes in a row', () => {
  const worker = readiness({ successThreshold: 2, failureThreshold: 3 });
  expect(outcomes(worker, [true, true, false, false, true, false, false, false])).toEqual([
    'failure',
    'success',
    'success',
    'success',
    'success',
    'success',
    'success',
    'failure',
  ]);
});

test('the initial delay is of whole seconds, and quantised to the grid', () => {
  const worker = readiness({ initialDelaySeconds: 12, periodSeconds: 5 }, 2 * S);
  const probed: number[] = [];
  for (let ticks = 0; ticks < 4; ticks++) {
    const nowNs = worker.nextNs!;
    if (worker.tick(nowNs, UP)) {
      probed.push(nowNs / S);
      worker.finish(nowNs, true);
    }
  }
  expect(probed).toEqual([12, 17]);
});

describe('ticks', () => {
  test('one tick that comes while a probe runs is made up at once, others are lost', () => {
    const worker = readiness({ periodSeconds: 1, timeoutSeconds: 5 });
    worker.tick(0, UP);
    expect(worker.nextNs).toBe(null);
    worker.finish(3.5 * S, false);
    expect(worker.nextNs).toBe(3.5 * S);
    worker.tick(3.5 * S, UP);
    worker.finish(3.6 * S, true);
    expect(worker.nextNs).toBe(4 * S);
  });

  test('a kick runs a probe early and leaves the grid as it is', () => {
    const worker = readiness();
    worker.tick(0, { ...UP, runningSinceNs: null });
    worker.kick(3 * S);
    expect(worker.nextNs).toBe(3 * S);
    expect(worker.tick(3 * S, UP)).toBe(true);
    worker.kick(3 * S);
    worker.finish(3 * S, true);
    expect(worker.nextNs).toBe(3 * S);
    worker.tick(3 * S, UP);
    worker.finish(3 * S, true);
    expect(worker.nextNs).toBe(10 * S);
  });

  test('a probe whose container has gone is forgotten', () => {
    const worker = readiness();
    worker.abandon(0);
    worker.tick(0, UP);
    worker.abandon(4 * S);
    expect(worker.nextNs).toBe(10 * S);
  });
});

test('a failed liveness probe kills, and holds until there is a new container', () => {
  const worker = new ProbeWorker('liveness', { ...DEFAULT_PROBE, failureThreshold: 1 }, 0);
  worker.tick(0, UP);
  expect(worker.finish(S, false)).toEqual({ result: 'failure', kill: true });
  expect(worker.tick(10 * S, UP)).toBe(false);
  worker.restart();
  expect(worker.result).toBe('success');
  expect(worker.tick(20 * S, UP)).toBe(true);
});

test('while a pod is deleted only readiness is probed', () => {
  const leaving = { ...UP, terminating: true };
  expect(readiness().tick(0, leaving)).toBe(true);
  const liveness = new ProbeWorker('liveness', DEFAULT_PROBE, 0);
  expect(liveness.tick(0, leaving)).toBe(false);
  expect(liveness.nextNs).toBe(null);
});
