import { describe, expect, test } from 'vitest';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';
import { Drain, type DrainFlags, type DrainPod } from '../../../../models/kubernetes/workloads/drain.js';

const S = SECOND_NS;
const FLAGS: DrainFlags = { ignoreDaemonSets: false, deleteEmptyDirData: false, force: false, timeoutNs: null };
const podOf = (name: string, fields: Partial<DrainPod> = {}): DrainPod => ({
  name,
  owner: 'other controller',
  hasEmptyDir: false,
  finished: false,
  ...fields,
});
const ALLOWED = { status: 201, reason: 'no budget' } as const;
const REFUSED = { status: 429, reason: 'budget', retryAfterSeconds: 0 } as const;

describe('flags', () => {
  test.each<readonly [Partial<DrainPod>, Partial<DrainFlags>]>([
    [{ owner: 'DaemonSet' }, { ignoreDaemonSets: true }],
    [{ owner: 'none' }, { force: true }],
    [{ hasEmptyDir: true }, { deleteEmptyDirData: true }],
  ])('a pod %j stops a drain without %j', (fields, flags) => {
    const pods = [podOf('a'), podOf('b', fields)];
    const refused = new Drain(0, pods, FLAGS);
    expect(refused.state).toEqual({ kind: 'refused', pods: ['b'] });
    expect(refused.due(0)).toEqual([]);
    expect(refused.nextNs).toBe(null);
    expect(new Drain(0, pods, { ...FLAGS, ...flags }).state).toEqual({ kind: 'evicting' });
  });

  test('pods of DaemonSets that are ignored stay, static pods too; finished pods go without flags', () => {
    const pods = [
      podOf('a', { owner: 'DaemonSet' }),
      podOf('b', { owner: 'static' }),
      podOf('c', { owner: 'none', finished: true }),
    ];
    expect(new Drain(0, pods, { ...FLAGS, ignoreDaemonSets: true }).due(0)).toEqual(['c']);
  });
});

test('all evictions are asked for at once, and what is refused 5 s later', () => {
  const drain = new Drain(S, [podOf('a'), podOf('b')], FLAGS);
  expect(drain.due(S)).toEqual(['a', 'b']);
  drain.answered(S, 'a', ALLOWED);
  drain.answered(S, 'b', REFUSED);
  expect(drain.nextNs).toBe(6 * S);
  expect(drain.due(5 * S)).toEqual([]);
  drain.answered(6 * S, 'b', ALLOWED);
  expect(drain.nextNs).toBe(null);
  expect(drain.state).toEqual({ kind: 'waiting' });
  drain.gone('a');
  drain.gone('b');
  expect(drain.state).toEqual({ kind: 'done' });
});

test('a time-out, and two budgets over one pod, end a drain', () => {
  const late = new Drain(0, [podOf('a')], { ...FLAGS, timeoutNs: 12 * S });
  late.answered(0, 'a', REFUSED);
  late.answered(5 * S, 'a', REFUSED);
  late.answered(10 * S, 'a', REFUSED);
  expect(late.nextNs).toBe(12 * S);
  expect(late.due(12 * S)).toEqual([]);
  expect(late.state).toEqual({ kind: 'failed', reason: 'timeout' });
  const twice = new Drain(0, [podOf('a')], FLAGS);
  twice.answered(0, 'a', { status: 500, reason: 'several budgets' });
  expect(twice.state).toEqual({ kind: 'failed', reason: 'several budgets' });
});

test('an empty node is done at once', () => {
  expect(new Drain(0, [], FLAGS).state).toEqual({ kind: 'done' });
});
