import { describe, expect, it, test } from 'vitest';
import {
  type ClusterChange,
  type ClusterVersion,
  changedFields,
  clusterChange,
} from '../../../models/control-plane/cluster-changes.js';
import type { ClusterPlan, LocalityViewPlan } from '../../../models/plan/contract/cluster-plan.js';
import { checkEverySecond } from '../../support/health-checks.js';
import { CLUSTER, OUTLIER, S } from '../../support/plans.js';

const PLAN: ClusterPlan = { ...CLUSTER, groups: [{ workload: 1, weight: 1, passage: null }] };
const VERSION: ClusterVersion = { plan: PLAN, rule: null, serviceAccounts: ['b/web'], isDns: false };

const with_ = (plan: Partial<ClusterPlan>, more: Partial<ClusterVersion> = {}): ClusterVersion => ({
  ...VERSION,
  ...more,
  plan: { ...PLAN, ...plan },
});
const view = (weights: LocalityViewPlan['weights']): LocalityViewPlan => ({ priorities: [[0]], weights });
const way = { tls: { mode: 'mtls', roundTrips: 1 }, reachable: 'yes', skipsProxy: false } as const;

test.each<[string, ClusterVersion | null, ClusterVersion | null, ClusterChange]>([
  ['nothing', VERSION, { ...VERSION, plan: { ...PLAN, groups: [...PLAN.groups] } }, 'same'],
  ['nothing where it is not', null, null, 'same'],
  ['a cluster more', null, VERSION, 'added'],
  ['a cluster less', VERSION, null, 'removed'],
  ['a connect time-out', VERSION, with_({ connectTimeoutNs: S }), 'swap'],
  ['one limit', VERSION, with_({ limits: { ...PLAN.limits, maxRetries: 3 } }), 'swap'],
  ['outlier detection', VERSION, with_({ outlier: OUTLIER }), 'swap'],
  ['the protocol', VERSION, with_({ protocol: 'http2' }), 'swap'],
  [
    'a workload more',
    VERSION,
    with_({ groups: [...PLAN.groups, { workload: 2, weight: 1, passage: null }] }),
    'members',
  ],
  ['a weight', VERSION, with_({ groups: [{ workload: 1, weight: 2, passage: null }] }), 'members'],
  ['a weight of a DNS cluster', with_({}, { isDns: true }), with_({ groups: [] }, { isDns: true }), 'swap'],
  ['priorities of localities', with_({ localityViews: [view(null)] }), with_({ localityViews: [null] }), 'members'],
  [
    'weights of localities',
    with_({ localityViews: [view([[1]])] }),
    with_({ localityViews: [view([[2]])] }),
    'members',
  ],
  ['localities that are weighed at all', VERSION, with_({ localityViews: [view([[1]])] }), 'swap'],
  ['the mode of TLS', VERSION, with_({ tls: { mode: 'mtls', roundTrips: 1 } }), 'swap'],
  ['TLS endpoint by endpoint', with_({ endpointTls: [way] }), with_({ tls: way.tls, endpointTls: [way] }), 'members'],
  ['what servers refuse', VERSION, with_({ reachable: 'reset' }), 'same'],
  ['places in files', VERSION, with_({ position: { file: 'a', line: 1, column: 1 } }), 'same'],
  ['a rule that says nothing', VERSION, with_({}, { rule: 'DestinationRule b/web' }), 'swap'],
  [
    'the name of a rule',
    with_({}, { rule: 'DestinationRule b/a' }),
    with_({}, { rule: 'DestinationRule b/b' }),
    'swap',
  ],
  ['an account more', VERSION, with_({}, { serviceAccounts: ['b/web', 'b/canary'] }), 'swap'],
  [
    'the order of accounts',
    with_({}, { serviceAccounts: ['a', 'b'] }),
    with_({}, { serviceAccounts: ['b', 'a'] }),
    'same',
  ],
])('%s: from %#', (_what, before, after, change) => {
  expect(clusterChange(before, after)).toBe(change);
});

describe('health checks', () => {
  const CHECK = checkEverySecond('tcp', [1]);

  it('are in the cluster, what they meet is not', () => {
    const checked = with_({ healthCheck: CHECK });
    expect(clusterChange(VERSION, checked)).toBe('swap');
    expect(clusterChange(checked, with_({ healthCheck: { ...CHECK, handlers: [2] } }))).toBe('same');
  });
});

test('a reader hears which fields differ', () => {
  expect(changedFields(PLAN, { ...PLAN, connectTimeoutNs: 1, groups: [] })).toEqual(['groups', 'connectTimeoutNs']);
});
