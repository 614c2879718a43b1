// The kubelet: back-off, probes and memory, as its sources have them (k8s: pkg/kubelet/kuberuntime, pkg/kubelet/prober;
// client-go util/flowcontrol/backoff.go; enhancements: keps/sig-node/4603-tune-crashloopbackoff).
import { describe, expect, test } from 'vitest';
import { ContainerProbes, isPodReady, type ProbeSpecs } from '../../models/kubernetes/kubelet/container-probes.js';
import { exceedsLimit } from '../../models/kubernetes/kubelet/memory.js';
import { DEFAULT_PROBE, type ProbeKind } from '../../models/kubernetes/kubelet/probe.js';
import {
  type BackoffRules,
  DEFAULT_BACKOFF,
  REDUCED_BACKOFF,
  RestartBackoff,
} from '../../models/kubernetes/kubelet/restart-backoff.js';
import { SECOND_NS } from '../../models/kubernetes/units.js';

const S = SECOND_NS;

function starts(rules: BackoffRules, count: number): number[] {
  const backoff = new RestartBackoff(rules);
  const times = [0];
  while (times.length < count) times.push(backoff.restartAt((times.at(-1)! + 1) * S) / S);
  return times;
}

test('DY-52: starts of a container that lives for a second', () => {
  expect(starts(DEFAULT_BACKOFF, 9)).toEqual([0, 1, 12, 33, 74, 155, 316, 617, 918]);
});

test('DY-53: the same with an initial wait of 1 s and at most 60 s', () => {
  expect(starts(REDUCED_BACKOFF, 10)).toEqual([0, 1, 3, 6, 11, 20, 37, 70, 131, 192]);
});

interface Told {
  readonly second: number;
  readonly what: string;
}

/**
 * Runs the probes of a container that is up at 0, until something is killed or the time is over.
 * @param answers whether the application answers a probe that begins at a time
 * @param phase the first tick of all grids, in seconds
 */
function probing(specs: Partial<ProbeSpecs>, answers: (second: number) => boolean, until: number, phase = 0): Told[] {
  const probes = new ContainerProbes({ startup: null, readiness: null, liveness: null, ...specs }, () => phase * S);
  const log: Told[] = [];
  let wasStarted = false;
  let wasReady = false;
  const running: { kind: ProbeKind; endNs: number; success: boolean }[] = [];
  const look = (nowNs: number): void => {
    if (probes.isStarted !== wasStarted) log.push({ second: nowNs / S, what: 'started' });
    if (probes.isReady !== wasReady) log.push({ second: nowNs / S, what: probes.isReady ? 'ready' : 'not ready' });
    wasStarted = probes.isStarted;
    wasReady = probes.isReady;
  };
  probes.started(0);
  look(0);
  for (;;) {
    running.sort((a, b) => a.endNs - b.endNs);
    const nowNs = Math.min(probes.nextNs ?? Infinity, running[0]?.endNs ?? Infinity);
    if (nowNs > until * S) return log;
    const [ending] = running;
    if (ending !== undefined && ending.endNs === nowNs) {
      running.splice(0, 1);
      const { kill } = probes.finish(nowNs, ending.kind, ending.success);
      look(nowNs);
      if (kill) {
        log.push({ second: nowNs / S, what: 'killed' });
        return log;
      }
      continue;
    }
    for (const kind of probes.due(nowNs)) {
      const success = answers(nowNs / S);
      // Who does not answer lets the time-out of a second go by where the tests below ask for it.
      running.push({ kind, success, endNs: nowNs + (success || specs.startup != null ? 0 : S) });
    }
  }
}

describe('DY-54: a startup probe', () => {
  const specs = {
    startup: { ...DEFAULT_PROBE, periodSeconds: 5, failureThreshold: 6 },
    readiness: DEFAULT_PROBE,
  };

  test('DY-54: the application answers from 12 on: started at 15, and probed for readiness then', () => {
    expect(probing(specs, (second) => second >= 12, 100)).toEqual([
      { second: 15, what: 'started' },
      { second: 15, what: 'ready' },
    ]);
  });

  test('DY-54: the application answers from 31 on: killed at 25', () => {
    expect(probing(specs, (second) => second >= 31, 100)).toEqual([{ second: 25, what: 'killed' }]);
  });
});

test('DY-38: all packets are lost for a minute: not ready 21 to 31 s later, ready one probe after the end', () => {
  for (const phase of [0, 0.001, 3, 7.5, 9.999]) {
    const log = probing({ readiness: DEFAULT_PROBE }, (second) => second < 100 || second >= 160, 300, phase);
    const lost = log.find(({ what }) => what === 'not ready')!.second;
    expect(lost).toBeGreaterThanOrEqual(121);
    expect(lost).toBeLessThanOrEqual(131);
    const back = log.filter(({ what }) => what === 'ready').at(-1)!.second;
    expect(back).toBeGreaterThanOrEqual(160);
    expect(back).toBeLessThan(170);
  }
});

test('DY-55: one of two containers outgrows its limit: only this one is killed; the pod is not Ready meanwhile', () => {
  const Mi = 1024 * 1024;
  const usages = [257 * Mi, 200 * Mi];
  expect(usages.map((usage) => exceedsLimit(usage, 256 * Mi))).toEqual([true, false]);
  expect(exceedsLimit(256 * Mi, 256 * Mi)).toBe(false);
  const containers = usages.map(() => {
    const probes = new ContainerProbes({ startup: null, readiness: null, liveness: null }, () => 0);
    probes.started(0);
    return probes;
  });
  const isReady = (): boolean => isPodReady(containers.map((probes) => probes.isReady));
  expect(isReady()).toBe(true);
  containers[0]!.stopped(50 * S);
  expect(isReady()).toBe(false);
  const restartNs = new RestartBackoff().restartAt(50 * S);
  expect(restartNs).toBe(50 * S);
  containers[0]!.started(restartNs);
  expect(isReady()).toBe(true);
});
