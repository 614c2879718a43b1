// Changes, cases CH-17, CH-20, CH-27, CH-28 and CH-29, as runs of a small mesh of YAML: pods that are deleted, and what their callers meet. A, B and C are the pods of
// `web` in their order. The sources are named in models/mesh/life/stopping.ts, models/control-plane/proxy-shutdown.ts and models/kubernetes/kubelet/stop-order.ts.
import { describe, expect, test } from 'vitest';
import { LIFE, type Pod } from '../../models/mesh/state/pod.js';
import { CLASSIC_PROXY, GRACE_SECONDS, type StoppingPlan } from '../../models/plan/contract/stopping-plan.js';
import { ChangeRun, type ChangeWish, toPods } from '../support/change-run.js';
import { MS, S } from '../support/plans.js';

const A = 0;
const T0_MS = 2000;

function at(...times: readonly number[]): number[] {
  return times.map((ms) => ms * MS);
}

function stopping(more: Partial<StoppingPlan>): StoppingPlan {
  return {
    graceSeconds: GRACE_SECONDS,
    hookNs: 0,
    onSigterm: 'ignore',
    proxy: CLASSIC_PROXY,
    ...more,
  };
}

/** Pod A is deleted at 2 s. */
function deletion(own: StoppingPlan, wish: Omit<ChangeWish, 'timeline' | 'stopping'>): ChangeRun {
  return new ChangeRun({
    ...wish,
    stopping: own,
    timeline: (plan) => [toPods(plan, { kind: 'stop', graceSeconds: null }, T0_MS * MS, [A])],
  });
}

/** Lets the time pass until the pod has ended, at most until `untilMs`. @returns milliseconds after the deletion */
function endOf(run: ChangeRun, pod: Pod, untilMs = 60_000): number {
  run.until(untilMs * MS);
  expect(pod.life).toBe(LIFE.gone);
  return pod.endNs / MS - T0_MS;
}

describe('CH-20: a pod with a preStop hook of 20 s', () => {
  test('leaves the endpoints at its deletion, goes on serving, and nobody loses a request', () => {
    const steady = Array.from({ length: 300 }, (_, i) => (1000 + 100 * i) * MS);
    // The sidecar has a hook of its own: that of the application would not keep it alive.
    const own = stopping({ hookNs: 20 * S, onSigterm: 'exit', proxy: { ...CLASSIC_PROXY, hookNs: 20 * S } });
    const run = deletion(own, { requestsNs: steady, workNs: 20 * MS });
    const [a] = run.web;
    run.until(5 * S);
    expect([a!.life, run.cluster.endpoints.some(({ pod }) => pod === a)]).toEqual([LIFE.here, false]);
    expect(run.cluster.unhealthyCount).toBe(0);
    expect(endOf(run, a!)).toBe(25_000);
    expect(new Set(run.ends)).toEqual(new Set(['200 -']));
  });
});

describe('CH-27: a classic sidecar gets SIGTERM', () => {
  // While istiod is away no caller hears that the pod goes: requests still come.
  const wish = (...requestsMs: readonly number[]) => ({ requestsNs: at(...requestsMs), workNs: 8 * S });

  test('a request of 8 s that began 1 s before is cut after 5 s: 503 UC, without another try', () => {
    const run = deletion(stopping({}), { ...wish(1000), pods: 1 });
    const [a] = run.web;
    expect(endOf(run, a!)).toBe(5000);
    expect(run.ends).toEqual(['503 UC']);
    expect(run.tries.length).toBe(1);
  });

  test('with terminationDrainDuration of 30 s it ends well', () => {
    const run = deletion(stopping({ proxy: { ...CLASSIC_PROXY, terminationDrainNs: 30 * S } }), {
      ...wish(1000),
      pods: 1,
    });
    run.until(60 * S);
    expect(run.ends).toEqual(['200 -']);
  });

  test('a connection after 4 s is accepted; one after 5.1 s is refused, and its request goes elsewhere', () => {
    const run = deletion(stopping({}), { requestsNs: at(1000, 6000, 7100), workNs: 20 * MS, deaf: true });
    run.until(990 * MS);
    const [a] = run.web;
    run.until(5990 * MS).turnTo(run.placeOf(a!));
    run.until(7090 * MS).turnTo(run.placeOf(a!));
    run.until(60 * S);
    expect(run.picks.slice(1, 3)).toEqual([A, A]);
    expect(run.picks.length).toBe(4);
    expect(run.picks[3]).not.toBe(A);
    expect(run.ends).toEqual(['200 -', '200 -', '200 -']);
  });

  test('each response tells to close: the connection carries no second request', () => {
    const run = deletion(stopping({}), { requestsNs: at(1000, 3000, 3100), workNs: 20 * MS, pods: 1, deaf: true });
    run.until(1900 * MS);
    expect(run.connections(run.web[0]!).idle).toBe(1);
    run.until(3050 * MS);
    expect(run.connections(run.web[0]!)).toEqual({ idle: 0, busy: 0, connecting: 0 });
    run.until(4 * S);
    expect([run.ends, run.cluster.counters.upstreamCxTotal]).toEqual([['200 -', '200 -', '200 -'], 2]);
  });
});

describe('CH-28: EXIT_ON_ZERO_ACTIVE_CONNECTIONS', () => {
  const proxy = { ...CLASSIC_PROXY, exitsOnZeroConnections: true };

  test('no connection at all: the proxy exits after 6 s', () => {
    const run = deletion(stopping({ proxy }), { requestsNs: at(100_000), workNs: MS });
    expect(endOf(run, run.web[0]!)).toBe(6000);
  });

  test('the last connection closes after 12.3 s: after 13 s', () => {
    const run = deletion(stopping({ proxy }), { requestsNs: at(1800), workNs: 12_500 * MS, pods: 1 });
    expect(endOf(run, run.web[0]!)).toBe(13_000);
    expect(run.ends).toEqual(['200 -']);
  });
});

describe('CH-29: a native sidecar', () => {
  const native = { ...CLASSIC_PROXY, isNative: true };

  test('is there for its application, and ends within a second of it', () => {
    const run = deletion(stopping({ proxy: native, onSigterm: 'drain' }), {
      requestsNs: at(1000),
      workNs: 21 * S,
      pods: 1,
    });
    const endMs = endOf(run, run.web[0]!);
    expect(run.ends).toEqual(['200 -']);
    // The server looks whether all is done every half second, the kubelet whether the container is there every second.
    expect(endMs).toBeGreaterThanOrEqual(20_000);
    expect(endMs).toBeLessThan(21_500);
  });

  test('responses tell to close from the deletion on, before SIGTERM', () => {
    const own = stopping({ proxy: native, hookNs: 10 * S });
    const run = deletion(own, { requestsNs: at(1000, 3000), workNs: 20 * MS, pods: 1, deaf: true });
    run.until(3050 * MS);
    expect(run.connections(run.web[0]!)).toEqual({ idle: 0, busy: 0, connecting: 0 });
    expect(run.ends).toEqual(['200 -', '200 -']);
  });

  test('the grace period holds for it, too', () => {
    const run = deletion(stopping({ proxy: native, graceSeconds: 10 }), {
      requestsNs: at(1000),
      workNs: 60 * S,
      pods: 1,
    });
    expect(endOf(run, run.web[0]!)).toBe(10_000);
    // The application is killed first, and the sidecar says so before it goes.
    expect(run.ends).toEqual(['503 -']);
  });
});

describe('an application that has no handler', () => {
  test('is gone at SIGTERM; its sidecar answers 503 for 5 s', () => {
    const own = stopping({ onSigterm: 'exit' });
    const run = deletion(own, { requestsNs: at(1500, 3000, 8000), workNs: S, pods: 1, deaf: true });
    const [a] = run.web;
    expect(endOf(run, a!)).toBe(5000);
    expect(run.ends.slice(0, 2)).toEqual(['503 -', '503 -']);
  });
});
