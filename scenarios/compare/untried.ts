// Services that no request of a scenario reaches: what changes for these, a comparison does not try.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { serviceNames } from '../reading/service-names.js';

const NAMED_MAX = 5;

/** Their names, sorted; services that send traffic themselves are tried. */
function unreachedServices(plan: MeshPlan): string[] {
  const reached = new Set([
    ...plan.clusters.flatMap(({ groups }) => groups.map(({ workload }) => workload)),
    ...plan.sites.map(({ caller }) => caller),
  ]);
  const names = serviceNames(plan);
  const isTried = new Set([...reached].map((workload) => names[workload]));
  const unreached = plan.workloads.flatMap(({ kind }, i) =>
    kind === 'app' && !isTried.has(names[i]) ? [names[i]] : [],
  );
  return [...new Set(unreached)].sort();
}

/** A warning that the scenario does not try some services, if so. */
export function untriedWarnings(plan: MeshPlan): Diagnostic[] {
  const names = unreachedServices(plan);
  if (names.length === 0) return [];
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return [
    {
      code: 'not-tried',
      severity: 'warning',
      position: null,
      message: `the scenario sends nothing to ${names.slice(0, NAMED_MAX).join(', ')}${more}: what changes there was not tried`,
      hint: 'add the calls of their callers (`- call: …` among the steps), or traffic of their own',
    },
  ];
}
