// ST2218: a cap on ejections that keeps a whole locality from being left. Needs the scenario: which pods are where.
import { type LocalityViewPlan, localityView } from '../../plan/contract/cluster-plan.js';
import type { ClusterPlan, MeshPlan } from '../../plan/contract/plan.js';
import { NONE } from '../../plan/contract/plan.js';
import type { Rule } from '../rule.js';

export const ejectionBelowLocality: Rule = {
  code: 'ST2218',
  name: 'EjectionBelowLocality',
  title: 'an ejection cap below the share of one locality',
  severity: 'warning',
  needsScenario: true,
  why: 'maxEjectionPercent counts all pods, near and far. When the near ones all fail and are more than may be ejected, the rest of them stay in, and the callers beside them go on sending them requests: the failover is never complete.',
  help: 'raise maxEjectionPercent to the share of the largest locality or more',
  source:
    'envoy: source/common/upstream/outlier_detection_impl.cc (ejectHost), source/extensions/load_balancing_policies/common/load_balancer_impl.cc (recalculatePerPriorityState)',
  check(mesh, report) {
    const { plan, traffic } = mesh;
    if (plan === null || traffic === null) return;
    for (const { cluster, caller } of traffic.flows) {
      const target = plan.clusters[cluster]!;
      for (const locality of new Set(plan.workloads[caller]!.podLocalities)) {
        const view = localityView(target, locality);
        const near = view === null ? null : nearHosts(plan, target, view);
        if (near === null || target.outlier === null) continue;
        const percent = target.outlier.maxEjectionPercent;
        const most = Math.floor((near.all * percent) / 100);
        if (most === 0 || most >= near.first) continue;
        const { region, zone } = plan.localities[locality]!;
        const place = [region, zone].filter((part) => part !== '').join('/');
        report.at(
          target.position,
          `${near.first} of the ${near.all} pods of ${target.host} are near callers in ${place}, and ${percent} % lets ${most} of them go: the others get requests though all fail`,
        );
      }
    }
  },
};

/** How many hosts a caller with this view has, and how many of them before all others; null where it has only hosts of one rank. */
function nearHosts(
  plan: MeshPlan,
  { groups }: ClusterPlan,
  { priorities }: LocalityViewPlan,
): { readonly first: number; readonly all: number } | null {
  const ranks = groups.flatMap(({ workload, passage }, index) => {
    const places = passage === null ? plan.workloads[workload]!.podLocalities : [passage.locality];
    return places.map((place) => priorities[index]![place]!).filter((rank) => rank !== NONE);
  });
  const first = ranks.filter((rank) => rank === 0).length;
  return first === 0 || first === ranks.length ? null : { first, all: ranks.length };
}
