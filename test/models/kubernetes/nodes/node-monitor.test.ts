import { describe, expect, test } from 'vitest';
import {
  DEFAULT_NODE_MONITOR_FLAGS,
  NodeMonitor,
  type NodeMonitorFlags,
  type NodePass,
} from '../../../../models/kubernetes/nodes/node-monitor.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

/** Nodes by zone that report at 0 and renew at each pass, but for those that are silent. */
class Cluster {
  readonly monitor: NodeMonitor;
  readonly log: string[] = [];
  readonly silent = new Set<string>();
  private readonly names: string[] = [];

  constructor(zones: ReadonlyMap<string, number>, flags: Partial<NodeMonitorFlags> = {}) {
    this.monitor = new NodeMonitor({ ...DEFAULT_NODE_MONITOR_FLAGS, ...flags });
    for (const [zone, count] of zones) {
      for (let at = 0; at < count; at++) {
        this.names.push(`${zone}${at}`);
        this.monitor.add(0, `${zone}${at}`, zone);
        this.monitor.reported(`${zone}${at}`, true);
      }
    }
  }

  run(from: number, to: number): void {
    for (let second = from; second <= to; second += 5) {
      for (const name of this.names) if (!this.silent.has(name)) this.monitor.renewed(name);
      this.note(second, this.monitor.pass(second * S));
    }
  }

  private note(second: number, { lost, tainted, untainted }: NodePass): void {
    for (const name of lost) this.log.push(`${second} ${name} lost`);
    for (const { node, taint } of tainted) this.log.push(`${second} ${node} ${taint}`);
    for (const name of untainted) this.log.push(`${second} ${name} free`);
  }

  silence(...names: readonly string[]): void {
    for (const name of names) this.silent.add(name);
  }
}

const one = (zone: string, count: number) => new Map([[zone, count]]);

test('a node that comes back is free at the next pass, and its pods are not deleted', () => {
  const cluster = new Cluster(one('a', 3));
  cluster.run(0, 10);
  cluster.silence('a0');
  cluster.run(15, 75);
  cluster.monitor.reported('a0', true);
  cluster.silent.delete('a0');
  cluster.run(80, 100);
  expect(cluster.log).toEqual(['65 a0 lost', '65 a0 unreachable', '80 a0 free']);
});

test('a kubelet that says that the node is not ready: another taint, and no grace period', () => {
  const cluster = new Cluster(one('a', 3));
  cluster.run(0, 5);
  cluster.monitor.reported('a1', false);
  const pass = cluster.monitor.pass(10 * S);
  expect(pass).toMatchObject({ lost: [], podsNotReady: ['a1'], tainted: [{ node: 'a1', taint: 'not-ready' }] });
  cluster.silence('a1');
  cluster.run(15, 75);
  // The taint that is there becomes the other one without waiting for its turn.
  expect(cluster.log).toEqual(['65 a1 lost', '65 a1 unreachable']);
});

test('a node that has never reported has a longer grace period, and is not tainted before', () => {
  const monitor = new NodeMonitor();
  monitor.add(0, 'n', 'a');
  const lost: number[] = [];
  for (let second = 0; second <= 100; second += 5) {
    const pass = monitor.pass(second * S);
    if (pass.lost.length > 0) lost.push(second);
    if (second <= 60) expect(pass.tainted).toEqual([]);
  }
  expect(lost).toEqual([65]);
  expect(monitor.readyOf('n')).toBe('Unknown');
  expect(monitor.readyOf('nobody')).toBe('Unknown');
});

test('with the grace period of 40 s, and the taint a pass later, as older versions have them', () => {
  const cluster = new Cluster(one('a', 2), { graceNs: 40 * S, lateTaint: true });
  cluster.run(0, 10);
  cluster.silence('a0');
  cluster.run(15, 60);
  expect(cluster.log).toEqual(['55 a0 lost', '60 a0 unreachable']);
});

describe('when many nodes are lost', () => {
  test('one node in ten seconds is tainted in a zone', () => {
    const cluster = new Cluster(one('a', 10));
    cluster.run(0, 10);
    cluster.silence('a0', 'a1', 'a2');
    cluster.run(15, 100);
    expect(cluster.log.filter((line) => line.endsWith('unreachable'))).toEqual([
      '65 a0 unreachable',
      '75 a1 unreachable',
      '85 a2 unreachable',
    ]);
  });

  test('a small zone of which more than half is lost is not tainted', () => {
    const cluster = new Cluster(
      new Map([
        ['a', 4],
        ['b', 4],
      ]),
    );
    cluster.run(0, 10);
    cluster.silence('a0', 'a1', 'a2');
    cluster.run(15, 200);
    expect(cluster.log.filter((line) => !line.endsWith('lost'))).toEqual([]);
  });

  test('a large one taints a node in a hundred seconds', () => {
    const cluster = new Cluster(
      new Map([
        ['a', 60],
        ['b', 2],
      ]),
    );
    cluster.run(0, 10);
    cluster.silence(...Array.from({ length: 40 }, (_, at) => `a${at}`));
    cluster.run(15, 270);
    const times = cluster.log.filter((line) => line.endsWith('unreachable')).map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([65, 165, 265]);
  });

  test('a zone that is lost as a whole is tainted at the usual pace, all zones lost not at all', () => {
    const zones = new Map([
      ['a', 2],
      ['b', 2],
    ]);
    const half = new Cluster(zones);
    half.run(0, 10);
    half.silence('a0', 'a1');
    half.run(15, 100);
    expect(half.log.filter((line) => line.endsWith('unreachable'))).toEqual(['65 a0 unreachable', '75 a1 unreachable']);
    const all = new Cluster(zones);
    all.run(0, 10);
    all.silence('a0', 'a1', 'b0', 'b1');
    all.run(15, 200);
    expect(all.log).toEqual(['65 a0 lost', '65 a1 lost', '65 b0 lost', '65 b1 lost']);
  });
});
