// What the sentences of findings call things: subjects, callers, lines of the YAML.
import type { FieldSource } from '../../models/plan/contract/sources.js';
import { clusterName } from '../tally/places.js';
import type { Facts } from './facts.js';
import type { Entry, Subject } from './ledger.js';

export function subjectName(facts: Facts, subject: Subject): string {
  const { plan } = facts;
  switch (subject.kind) {
    case 'workload':
      return facts.workloadName(subject.workload);
    case 'cluster':
      return clusterWords(facts, subject.clusters[0]);
    case 'filter':
    case 'edge':
      return subject.name;
    case 'link':
      return subject.from === subject.to
        ? `pods in ${localityName(facts, subject.from)}`
        : `${localityName(facts, subject.from)} and ${localityName(facts, subject.to)}`;
    case 'request': {
      const all = plan.traffic.flatMap(({ name, requests }) => requests.map((request) => `${name}.${request.name}`));
      return all[subject.request];
    }
    case 'traffic':
      return plan.traffic[subject.traffic].name;
  }
}

/** `eu-west-1/eu-west-1a` */
export function localityName({ plan }: Facts, locality: number): string {
  const { region, zone } = plan.localities[locality];
  return zone === '' ? region : `${region}/${zone}`;
}

/** The service behind a cluster as the tables name it, with its subset; its host where no service of the mesh stands behind it. */
function clusterWords({ plan, names }: Facts, cluster: number): string {
  const { host, subset, groups } = plan.clusters[cluster];
  const services = new Set(groups.map(({ workload }) => names[workload]));
  const [only] = services;
  if (services.size !== 1 || !isHostOf(host, only)) return clusterName({ host, subset });
  return subset === '' ? only : `${only} (subset ${subset})`;
}

/** Several hosts can lead to one service: another than its own is worth its name. */
function isHostOf(host: string, service: string): boolean {
  return host === service || host.startsWith(`${service}.`);
}

/** Who has the cluster: `web`, `web and api`, `5 callers`. */
export function callersOf({ plan }: Facts, { subject }: Entry): string {
  if (subject.kind !== 'cluster') return 'the callers';
  const names = new Set<string>();
  for (const { edge, route } of plan.sites) {
    if (route.action.kind !== 'forward') continue;
    if (route.action.destinations.some(({ cluster }) => subject.clusters.includes(cluster)))
      names.add(plan.edges[edge].fromName);
  }
  const all = [...names].sort();
  if (all.length === 0) return 'the callers';
  return all.length > 2 ? `${all.length} callers` : all.join(' and ');
}

/** ` (http2MaxRequests 2, backends.yaml:14)`, of the first two lines. `isObjectTold`: the sentence names the object itself. */
export function lineWords(sources: readonly FieldSource[], isObjectTold = false): string {
  const words = sources.slice(0, 2).map((source) => {
    const { field, value, position } = source;
    const object = isObjectTold ? '' : source.object;
    const what = field === '' ? object : [shortField(field), value].filter((word) => word !== '').join(' ');
    return [what, position === null ? '' : `${position.file}:${position.line}`]
      .filter((word) => word !== '')
      .join(', ');
  });
  const told = words.filter((word) => word !== '');
  return told.length === 0 ? '' : ` (${told.join('; ')})`;
}

/** The last two names of a path: `limits.cpu`, `http.http2MaxRequests`; annotations as they are. */
function shortField(field: string): string {
  if (field.includes('/')) return field;
  const names = field.split('.');
  const last = names.at(-1) ?? field;
  return names.length > 1 && last.length < 5 ? names.slice(-2).join('.') : last;
}
