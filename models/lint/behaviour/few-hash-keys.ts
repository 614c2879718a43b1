// ST2209: a consistent hash with too few keys to spread. Needs the scenario: who sends what.
import { hostCount } from '../../plan/contract/arrivals.js';
import type { HashKeyPlan, MeshPlan } from '../../plan/contract/plan.js';
import type { Rule } from '../rule.js';

/** Keys a pod that even out the shares somewhat: with 5 a pod, the fullest of ten has about twice its share. */
const KEYS_PER_POD = 5;

export const fewHashKeys: Rule = {
  code: 'ST2209',
  name: 'FewHashKeys',
  title: 'a consistent hash with few keys',
  severity: 'warning',
  needsScenario: true,
  why: 'A hash sends all requests of a key to one pod. With hardly more keys than pods some pods have several keys and others none; with one key all requests go to one pod.',
  help: 'hash by something with many values: a user, a session, an address',
  source: 'envoy: source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc',
  check(mesh, report) {
    const { plan, traffic } = mesh;
    if (plan === null || traffic === null) return;
    for (const { cluster, destination, site } of traffic.flows) {
      const target = plan.clusters[cluster]!;
      if (target.balancer.policy !== 'ring_hash' && target.balancer.policy !== 'maglev') continue;
      const pods = hostCount(plan, target);
      const keys = keysOf(plan, destination.hash, site.caller);
      if (pods < 2 || keys === null || keys >= pods * KEYS_PER_POD) continue;
      const { toName } = plan.edges[site.edge]!;
      report.at(
        target.position,
        keys === 1
          ? `all requests have one key: one of ${pods} pods of ${toName} gets them all`
          : `${keys} keys for ${pods} pods of ${toName}: their shares are uneven`,
      );
    }
  },
};

/** How many different keys there are; null where there are as many as one likes. */
function keysOf(plan: MeshPlan, hash: readonly HashKeyPlan[], caller: number): number | null {
  let keys = 1;
  for (const key of hash) {
    switch (key.kind) {
      case 'cookie':
        return null;
      case 'source-ip':
        if (plan.workloads[caller]!.kind === 'gateway') return null;
        keys *= plan.workloads[caller]!.podLocalities.length;
        break;
      case 'text':
        for (const part of key.parts) if (typeof part !== 'string') keys *= valuesOf(plan, part.attribute);
        break;
    }
  }
  return hash.length === 0 ? null : keys;
}

function valuesOf(plan: MeshPlan, name: string): number {
  const attributes = plan.traffic.flatMap(({ requests }) => requests.flatMap((request) => request.attributes));
  return Math.max(1, ...attributes.filter((attribute) => attribute.name === name).map(({ values }) => values));
}
