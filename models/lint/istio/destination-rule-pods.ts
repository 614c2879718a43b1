// ST1173 and ST1174: DestinationRules for hosts or pods that are not there (istio: pkg/config/analysis/analyzers/destinationrule/subset.go).
import { listAt, selectorText, textAt, textMapAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/destinationrule/subset.go';
/** Labels that Istio adds to endpoints by their place; the YAML of pods does not have them. */
const OF_PLACES: readonly string[] = ['topology.', 'topology.kubernetes.io/', 'kubernetes.io/hostname'];

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
    if (mesh.pods.length === 0 || mesh.hosts.isEmpty) return;
    for (const rule of mesh.destinationRules) {
      const host = textAt(rule.value, 'spec', 'host') ?? '';
      const owner = mesh.hosts.find(host, rule.namespace, textsAt(rule.value, 'spec', 'exportTo'));
      if (owner === null) continue;
      const base = textMapAt(owner.object.value, 'spec', 'workloadSelector', 'labels');
      listAt(rule.value, 'spec', 'subsets').forEach((subset, index) => {
        const labels = { ...base, ...textMapAt(subset, 'labels') };
        const isOfPlace = Object.keys(labels).some((key) => OF_PLACES.some((prefix) => key.startsWith(prefix)));
        if (isOfPlace || mesh.selected(labels, null).length > 0) return;
        report(
          rule,
          ['spec', 'subsets', index, 'labels'],
          `no pod has the labels ${selectorText(labels)} of the subset "${textAt(subset, 'name')}"`,
        );
      });
    }
  },
};

export const unknownRuleHost: Rule = {
  code: 'ST1174',
  alias: 'IST0174',
  name: 'UnknownDestinationRuleHost',
  title: 'a DestinationRule for a host that is not there',
  severity: 'warning',
  why: 'It does nothing. A short name means a Service of the namespace of the DestinationRule, not of the caller.',
  help: 'write the full name: reviews.shop.svc.cluster.local',
  source: SOURCE,
  check(mesh, report) {
    if (mesh.hosts.isEmpty) return;
    for (const rule of mesh.destinationRules) {
      const host = textAt(rule.value, 'spec', 'host') ?? '';
      if (host.startsWith('*')) continue;
      if (mesh.hosts.find(host, rule.namespace, textsAt(rule.value, 'spec', 'exportTo')) !== null) continue;
      const near = mesh.hosts.nearest(host, rule.namespace);
      report(rule, ['spec', 'host'], `there is no host "${host}"`, near === null ? undefined : `did you mean ${near}?`);
    }
  },
};
