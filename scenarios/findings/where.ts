// Where in the mesh a finding is: names that the tables and the map know.
import type { FindingPlace } from '../result/findings-result.js';
import type { Facts } from './facts.js';
import type { Entry } from './ledger.js';
import { localityName, subjectName } from './naming.js';

export function placesOf(facts: Facts, { subject }: Entry): FindingPlace[] {
  const { plan } = facts;
  switch (subject.kind) {
    case 'workload': {
      const { name, namespace } = plan.workloads[subject.workload];
      return [
        { kind: 'service', name: facts.names[subject.workload] },
        { kind: 'workload', name: namespace === '' ? name : `${name}.${namespace}` },
      ];
    }
    case 'cluster': {
      const groups = subject.clusters.flatMap((index) => plan.clusters[index].groups);
      const services = new Set(groups.map(({ workload }) => facts.names[workload]));
      return [
        { kind: 'cluster', name: subject.name },
        ...[...services].map((name) => ({ kind: 'service' as const, name })),
      ];
    }
    case 'filter':
      return filterPlaces(facts, subject.filters);
    case 'edge':
      return [{ kind: 'edge', name: subject.name }];
    case 'link':
      return [...new Set([subject.from, subject.to])].map((locality) => ({
        kind: 'locality',
        name: localityName(facts, locality),
      }));
    case 'request':
    case 'traffic':
      return [{ kind: 'traffic', name: subjectName(facts, subject) }];
  }
}

/** The workloads whose proxies hold the filters: those that call, or those that answer. */
function filterPlaces(facts: Facts, filters: readonly number[]): FindingPlace[] {
  const { plan, names } = facts;
  const found = new Set<string>();
  const holds = (own: readonly number[] | undefined): boolean => (own ?? []).some((filter) => filters.includes(filter));
  for (const { caller, route } of plan.sites) {
    if (holds(route.filters)) found.add(names[caller]);
    if (route.action.kind !== 'forward') continue;
    for (const { arrivals } of route.action.destinations) {
      for (const { handler, chain } of arrivals)
        if (holds(plan.chains[chain])) found.add(names[plan.handlers[handler].workload]);
    }
  }
  return [...found].map((name) => ({ kind: 'service', name }));
}
