// ST2213: a share of the requests that goes where nobody is.
import { nameOfHost } from '../hosts.js';
import type { LintMesh } from '../mesh.js';
import { listAt, textAt } from '../plain-access.js';
import { destinationsOf, type NamedDestination } from '../routes.js';
import type { Rule } from '../rule.js';
import { podsOf } from './policies.js';

export const weightToNobody: Rule = {
  code: 'ST2213',
  name: 'WeightToNobody',
  title: 'a share of the requests for a subset without pods',
  severity: 'error',
  why: 'Weights do not move away from a destination that cannot answer: its share of the requests gets 503, however healthy the others are.',
  help: 'set the weight to 0 until pods with the labels of the subset run',
  source: 'envoy: source/common/router/config_impl.cc (pickWeightedCluster)',
  check(mesh, report) {
    if (mesh.pods.length === 0) return;
    for (const object of mesh.virtualServices) {
      const byRoute = new Map<string, NamedDestination[]>();
      for (const destination of destinationsOf(object)) {
        if (destination.isMirror) continue;
        const key = destination.routePath.join('.');
        byRoute.set(key, [...(byRoute.get(key) ?? []), destination]);
      }
      for (const destinations of byRoute.values()) {
        const whole = destinations.reduce((sum, { weight }) => sum + weight, 0);
        for (const destination of destinations) {
          const share = destinations.length === 1 ? 1 : destination.weight / whole;
          if (!(share > 0) || share >= 1 || !isEmpty(mesh, object.namespace, destination)) continue;
          report(
            object,
            destination.path,
            `${Math.round(share * 1000) / 10} % of the requests go to the subset "${destination.subset}" of ${destination.host}, which has no pod: 503`,
          );
        }
      }
    }
  },
};

/** A subset that is not defined, or that no pod of a Service with pods has. */
function isEmpty(mesh: LintMesh, namespace: string, { host, subset }: NamedDestination): boolean {
  if (subset === '') return false;
  const rules = mesh.destinationRules.filter(
    (rule) => nameOfHost(textAt(rule.value, 'spec', 'host') ?? '', rule.namespace) === nameOfHost(host, namespace),
  );
  if (rules.length === 0) return false;
  const own = rules.filter((rule) =>
    listAt(rule.value, 'spec', 'subsets').some((candidate) => textAt(candidate, 'name') === subset),
  );
  if (own.length === 0) return true;
  return own.every((rule) => podsOf(mesh, rule, '').length > 0 && podsOf(mesh, rule, subset).length === 0);
}
