// Which pods a DaemonSet makes and deletes in one sync (k8s: pkg/controller/daemon/update.go, and its tests).
import { describe, expect, it } from 'vitest';
import {
  type DaemonPod,
  DEFAULT_DAEMON_SET,
  syncDaemonSet,
} from '../../../../models/kubernetes/workloads/daemonset.js';

const S = 1_000_000_000;
const NODES = [0, 1, 2, 3];

function pod(node: number, more: Partial<DaemonPod> = {}): DaemonPod {
  return { id: 100 + node, node, revision: 0, terminating: false, readySinceNs: 0, ...more };
}

describe('a DaemonSet', () => {
  it('makes what is missing, and deletes what has no node', () => {
    const pods = [pod(0), pod(2, { terminating: true }), pod(7)];
    expect(syncDaemonSet(S, DEFAULT_DAEMON_SET, 0, NODES, pods)).toEqual({
      create: [1, 2, 3],
      remove: [107],
      nextNs: null,
    });
  });

  it('replaces as many old pods as may be unavailable', () => {
    const spec = { ...DEFAULT_DAEMON_SET, maxUnavailable: { percent: 50 } };
    expect(
      syncDaemonSet(
        S,
        spec,
        1,
        NODES,
        NODES.map((node) => pod(node)),
      ).remove,
    ).toEqual([100, 101]);
  });

  it('waits for new pods, and replaces old ones that do not serve whatever the bound', () => {
    const pods = [pod(0, { revision: 1, readySinceNs: null }), pod(1), pod(2, { readySinceNs: null }), pod(3)];
    expect(syncDaemonSet(S, DEFAULT_DAEMON_SET, 1, NODES, pods).remove).toEqual([102]);
  });

  it('with a surge makes new pods first, and deletes old ones beside pods that are available', () => {
    const spec = { ...DEFAULT_DAEMON_SET, maxSurge: 1, maxUnavailable: 0, minReadySeconds: 5 };
    const begun = [pod(0), pod(1), pod(2), pod(3), pod(0, { id: 200, revision: 1, readySinceNs: 10 * S })];
    expect(syncDaemonSet(12 * S, spec, 1, NODES, begun)).toEqual({ create: [], remove: [], nextNs: 15 * S });
    expect(syncDaemonSet(15 * S, spec, 1, NODES, begun)).toEqual({ create: [1], remove: [100], nextNs: null });
  });

  it('replaces nothing on its own with OnDelete', () => {
    const spec = { ...DEFAULT_DAEMON_SET, update: 'OnDelete' as const };
    expect(
      syncDaemonSet(
        S,
        spec,
        1,
        NODES,
        NODES.map((node) => pod(node)),
      ).remove,
    ).toEqual([]);
  });
});
