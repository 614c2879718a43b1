// Who meets which pod under consistent hashing: users, sessions, connections, addresses.
import { describe, expect, it } from 'vitest';
import { HashKeys, hashKeysRt } from '../../../models/mesh/balancing/hash-keys.js';
import { simulate } from '../../../models/mesh/run/simulation.js';
import { Call } from '../../../models/mesh/state/call.js';
import type { AttributePlan, HashKeyPlan, MeshPlan } from '../../../models/plan/contract/plan.js';
import { every, MS, S, type SmallPlan, smallPlan } from '../../support/plans.js';

const USERS: AttributePlan = { name: 'user', values: 50, skew: 0 };
const BY_USER: HashKeyPlan = { kind: 'text', parts: ['u-', { attribute: 'user' }] };

/** The client's calls are hashed by these keys; its requests have these attributes. */
function hashedPlan(
  keys: readonly HashKeyPlan[],
  attributes: readonly AttributePlan[],
  more: SmallPlan = {},
): MeshPlan {
  const plan = smallPlan({
    pods: 4,
    arrivals: [every(10 * MS)],
    ...more,
    cluster: { balancer: { policy: 'ring_hash', choiceCount: 2 }, ...more.cluster },
  });
  return {
    ...plan,
    sites: plan.sites.map((site) => {
      const { action } = site.route;
      if (action.kind !== 'forward') throw new Error('it forwards');
      const destinations = action.destinations.map((destination) => ({ ...destination, hash: keys }));
      return { ...site, route: { ...site.route, action: { ...action, destinations } } };
    }),
    traffic: plan.traffic.map((source) => ({
      ...source,
      requests: source.requests.map((request) => ({ ...request, attributes })),
    })),
  };
}

/** The hash of the request with this key. */
function hashOf(plan: MeshPlan, keys: readonly HashKeyPlan[], key: number, loop = -1): string | null {
  const call = new Call(0);
  call.keyHi = key;
  call.keyLo = key ^ 99;
  call.originHi = call.keyHi;
  call.originLo = call.keyLo;
  call.origin = 0;
  call.originLoop = loop;
  call.trafficRequest = 0;
  call.pod = { plan: { kind: 'app' }, addressHi: 5, addressLo: 6 } as unknown as Call['pod'];
  call.destination = { hash: hashKeysRt(plan, keys) } as unknown as Call['destination'];
  const hashed = new HashKeys('sticky', plan);
  return hashed.of(call) ? `${hashed.hi} ${hashed.lo}` : null;
}

function distinct(plan: MeshPlan, keys: readonly HashKeyPlan[], requests: number, loops = 0): number {
  const hashes = Array.from({ length: requests }, (_, i) => hashOf(plan, keys, i, loops > 0 ? i % loops : -1));
  return new Set(hashes).size;
}

const options = { seed: 'sticky', replication: 0, warmupNs: 0, durationNs: 20 * S, intervalNs: 5 * S, maxEvents: 1e7 };

describe('hash keys', () => {
  it('a constant text is the same for all, a user has a hash of his own', () => {
    const plan = hashedPlan([], [USERS]);
    expect(distinct(plan, [{ kind: 'text', parts: ['gold'] }], 100)).toBe(1);
    expect(distinct(plan, [BY_USER], 2000)).toBe(50);
  });

  it('nothing to look at: no hash', () => {
    expect(hashOf(hashedPlan([], []), [], 1)).toBeNull();
  });

  it('the order of several policies counts', () => {
    const plan = hashedPlan([], [USERS]);
    const other: HashKeyPlan = { kind: 'text', parts: ['x'] };
    expect(hashOf(plan, [BY_USER, other], 1)).not.toBe(hashOf(plan, [other, BY_USER], 1));
    expect(hashOf(plan, [BY_USER, other], 1)).not.toBe(hashOf(plan, [BY_USER], 1));
  });

  it('a cookie belongs to the session, else to the user, else to the connection, else to the request', () => {
    const cookie: HashKeyPlan[] = [{ kind: 'cookie' }];
    const session = { name: 'session', values: 7, skew: 0 };
    expect(distinct(hashedPlan([], [USERS, session]), cookie, 2000)).toBe(7);
    expect(distinct(hashedPlan([], [USERS]), cookie, 2000)).toBe(50);
    expect(distinct(hashedPlan([], []), cookie, 2000, 3)).toBe(3);
    expect(distinct(hashedPlan([], []), cookie, 200)).toBe(200);
  });

  it('all calls of a pod have one address', () => {
    expect(distinct(hashedPlan([], [USERS]), [{ kind: 'source-ip' }], 100)).toBe(1);
  });
});

describe('consistent hashing in a mesh', () => {
  const arrivals = (plan: MeshPlan): number => simulate(plan, options).workloads[1].arrivals;

  it.each(['ring_hash', 'maglev'] as const)('%s: one user keeps one pod, many spread', (policy) => {
    const cluster = { balancer: { policy, choiceCount: 2 } };
    const one = { ...USERS, values: 1 };
    // With one worker of 15 ms a pod carries 66 of the 100 requests a second: whoever shares one pod queues without end.
    const app = { workers: 1 };
    const served = (attributes: readonly AttributePlan[]): number => {
      const plan = hashedPlan([BY_USER], attributes, { cluster, app, program: [{ ...WORK }] });
      return simulate(plan, options).traffic[0].completed / 2000;
    };
    expect(served([one])).toBeLessThan(0.7);
    expect(served([{ ...USERS, values: 1000 }])).toBeGreaterThan(0.98);
  });

  it('a pod more leaves the draws of the users alone', () => {
    const plan = hashedPlan([BY_USER], [USERS]);
    expect(arrivals(plan)).toBe(arrivals(hashedPlan([BY_USER], [USERS], { pods: 5 })));
  });
});

const WORK = {
  kind: 'work',
  duration: { kind: 'constant', value: 15 * MS },
  cpuShare: 0,
  retryWork: 'fresh',
} as const;
