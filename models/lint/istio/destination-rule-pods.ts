// ST1173 and ST1174: DestinationRules for hosts or pods that are not there (istio: pkg/config/analysis/analyzers/destinationrule/subset.go). Who can be
// in a subset is what Istio takes as endpoints of the host: pods and machines that the selector of the Service or ServiceEntry takes, or the endpoints
// that the ServiceEntry lists (istio: pilot/pkg/serviceregistry/serviceentry/conversion.go). Where the input has none of them, nothing is said; nor of a host
// that resembles none of the input: a DestinationRule often stands in another place than its Service.
import { selects } from '../../plan/terms/visibility.js';
import { fqdn, type HostOwner } from '../hosts.js';
import { type Labels, machinesIn } from '../machines.js';
import type { LintMesh } from '../mesh.js';
import { listAt, mapAt, selectorText, textAt, textMapAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/destinationrule/subset.go';
/**
 * Labels that endpoints have and the YAML does not: of their place (istio: pkg/config/labels AugmentLabels), of the injector, of the controllers of
 * Kubernetes and Argo Rollouts.
 */
const ADDED_LATER: readonly string[] = [
  'topology.',
  'kubernetes.io/hostname',
  'service.istio.io/',
  'security.istio.io/tlsMode',
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'statefulset.kubernetes.io/',
  'apps.kubernetes.io/',
];

export const subsetWithoutPods: Rule = {
  code: 'ST1173',
  alias: 'IST0173',
  name: 'DestinationRuleSubsetNotSelectPods',
  title: 'a subset that selects no pod',
  severity: 'error',
  why: 'Requests to it are answered with 503 UH: the cluster is there and has no endpoint.',
  help: 'give the subset labels that pods of the host have',
  source: SOURCE,
  check(mesh, report) {
    for (const rule of mesh.destinationRules) {
      const host = textAt(rule.value, 'spec', 'host') ?? '';
      const owner = mesh.hosts.find(host, rule.namespace, textsAt(rule.value, 'spec', 'exportTo'));
      const endpoints = owner === null ? [] : endpointsOf(mesh, owner);
      if (endpoints.length === 0) continue;
      listAt(rule.value, 'spec', 'subsets').forEach((subset, index) => {
        const labels = textMapAt(subset, 'labels');
        const isAddedLater = Object.keys(labels).some((key) => ADDED_LATER.some((prefix) => key.startsWith(prefix)));
        if (isAddedLater || endpoints.some((own) => selects(labels, own))) return;
        report(
          rule,
          ['spec', 'subsets', index, 'labels'],
          `no endpoint of ${host} has the labels ${selectorText(labels)} of the subset "${textAt(subset, 'name')}"`,
        );
      });
    }
  },
};

/** The labels of each endpoint of a host that the input has. */
function endpointsOf(mesh: LintMesh, { object }: HostOwner): readonly Labels[] {
  const { namespace, value } = object;
  const isService = object.kind === 'Service';
  if (!isService && mapAt(value, 'spec', 'workloadSelector') === null)
    return listAt(value, 'spec', 'endpoints').map((endpoint) => textMapAt(endpoint, 'labels'));
  const selector = isService
    ? textMapAt(value, 'spec', 'selector')
    : textMapAt(value, 'spec', 'workloadSelector', 'labels');
  if (Object.keys(selector).length === 0) return [];
  const pods = mesh.selected(selector, namespace).map(({ labels }) => labels);
  return [...pods, ...machinesIn(mesh, namespace).filter((labels) => selects(selector, labels))];
}

export const unknownRuleHost: Rule = {
  code: 'ST1174',
  alias: 'IST0174',
  name: 'UnknownDestinationRuleHost',
  title: 'a DestinationRule for a host that is not there',
  severity: 'warning',
  why: 'It does nothing. A short name means a Service of the namespace of the DestinationRule, not of the caller. Said where the input has a host of nearly that name, or the Service in another namespace.',
  help: 'write the full name: reviews.shop.svc.cluster.local',
  source: SOURCE,
  check(mesh, report) {
    for (const rule of mesh.destinationRules) {
      const host = textAt(rule.value, 'spec', 'host') ?? '';
      if (host.startsWith('*')) continue;
      if (mesh.hosts.find(host, rule.namespace, textsAt(rule.value, 'spec', 'exportTo')) !== null) continue;
      const near = mesh.hosts.nearest(host, rule.namespace) ?? namesake(mesh, host);
      if (near !== null) report(rule, ['spec', 'host'], `there is no host "${host}"`, `did you mean ${near}?`);
    }
  },
};

/** The full name of a Service of another namespace that a short name may mean; null where there is none, or several. */
function namesake(mesh: LintMesh, host: string): string | null {
  const found = host.includes('.') ? [] : mesh.services.filter(({ name }) => name === host);
  return found.length === 1 ? fqdn(host, found[0]!.namespace) : null;
}
