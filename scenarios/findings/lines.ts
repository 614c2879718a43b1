// The fields of the YAML (or of the scenario) that stand behind a finding.
import { TIMEOUT } from '../../models/mesh/recording/cause.js';
import type {
  ClusterSources,
  FieldSource,
  PlanSources,
  SiteSources,
  WorkloadSources,
} from '../../models/plan/contract/sources.js';
import type { Facts } from './facts.js';
import type { Entry } from './ledger.js';
import { actedTimeouts } from './timeouts.js';

/** Each once, the one that acted first; empty where nobody has written anything, or nothing is known of who did. */
export function sourcesOf(facts: Facts, entry: Entry): FieldSource[] {
  if (facts.sources === null) return [];
  const found = fieldsOf(facts, entry, facts.sources).filter((source): source is FieldSource => source !== null);
  const placed = found.map(({ object, field, value, position }) => ({ object, field, value, position }));
  return [...new Map(placed.map((source) => [JSON.stringify(source), source])).values()];
}

type Fields = readonly (FieldSource | null)[];

/** The entries of the timeline that end requests at the pods of a workload. */
function entriesAt({ plan }: Facts, workload: number): FieldSource[] {
  return plan.timeline.flatMap(({ name, position, action }) => {
    if (action.kind !== 'pods' || !action.target.workloads.includes(workload)) return [];
    const { kind } = action.fault;
    const ends = kind === 'kill' || kind === 'stop' || kind === 'crash' || kind === 'refuse' || kind === 'fail';
    return ends ? [{ object: name, field: '', value: '', position }] : [];
  });
}

function fieldsOf(facts: Facts, entry: Entry, sources: PlanSources): Fields {
  const { code, subject } = entry;
  const workload = (of: (own: WorkloadSources) => Fields): Fields =>
    subject.kind === 'workload' ? of(sources.workloads[subject.workload]) : [];
  const cluster = (of: (own: ClusterSources) => Fields): Fields =>
    subject.kind === 'cluster' ? subject.clusters.flatMap((index) => of(sources.clusters[index])) : [];
  const sites = (of: (own: SiteSources) => Fields): Fields =>
    subject.kind === 'edge'
      ? sitesOf(facts, entry).flatMap((site) => of(sources.sites[site]))
      : subject.kind === 'filter'
        ? subject.filters.map((filter) => sources.filters[filter])
        : [];
  switch (code) {
    case 'F120':
      return subject.kind === 'workload' ? entriesAt(facts, subject.workload) : [];
    case 'F101':
      return workload(({ errors }) => [errors]);
    case 'F102':
      return workload(({ queue, workers }) => [queue, workers]);
    case 'F103':
      return workload(({ inbound }) => inboundFields(entry, inbound));
    case 'F104':
      return cluster((own) => breakerFields(entry, own));
    case 'F105':
      return [
        ...emptyWorkloads(facts, entry).map((index) => sources.workloads[index].replicas),
        ...cluster(({ outlierDetection, rule }) => [hasEjected(facts, entry) ? outlierDetection : rule]),
      ];
    case 'F107':
    case 'F108':
    case 'F118':
      return sites(() => []);
    case 'F106':
    case 'F114':
    case 'F119':
      return sites(({ route }) => [route]);
    case 'F116':
      return sites(({ response, route }) => [response ?? route]);
    case 'F113':
      return sites(({ faultAbort }) => [faultAbort]);
    case 'F206':
      return [...sites(({ faultDelay }) => [faultDelay]), ...timeoutFields(facts, entry, sources)];
    case 'F109':
      return cluster(({ connectTimeout, unreachable }) => [...unreachable.flat(), connectTimeout]);
    case 'F110':
      return [];
    case 'F111':
      return cluster(({ tls, unreachable }) => [...unreachable.flat(), tls]);
    case 'F112':
      return cluster(({ unreachable }) => unreachable.flat());
    case 'F115':
      return [...workload(({ work }) => [work]), ...timeoutFields(facts, entry, sources)];
    case 'F201':
      return workload(({ cpuLimit, object }) => [cpuLimit ?? object]);
    case 'F202':
      return workload(({ workers, object }) => [workers ?? object]);
    case 'F203':
      return workload(({ proxyCpuLimit, proxyConcurrency }) => [proxyCpuLimit ?? proxyConcurrency]);
    case 'F204':
      return cluster(({ connections }) => [connections]);
    case 'F205':
      return workload(({ object }) => [object]);
    case 'F301':
      return sites(({ attempts }) => [attempts]);
    case 'F302':
      return cluster(({ outlierDetection }) => [outlierDetection]);
    case 'F303':
      return cluster(({ minHealthPercent, outlierDetection }) => [minHealthPercent ?? outlierDetection]);
    case 'F304':
      return cluster(({ localityFailover, outlierDetection }) => [localityFailover ?? outlierDetection]);
    case 'F305':
      return cluster(({ retries }) => [retries]);
    case 'F117':
    case 'F207':
    case 'F402':
      return [];
  }
}

function inboundFields({ reasons }: Entry, inbound: WorkloadSources['inbound']): Fields {
  return [
    reasons.has('inbound pending limit') ? inbound.maxPendingRequests : null,
    reasons.has('inbound request limit') ? inbound.maxRequests : null,
    reasons.has('inbound connection limit') || reasons.has('waited for an inbound connection') || reasons.size === 0
      ? inbound.maxConnections
      : null,
  ];
}

function breakerFields({ reasons }: Entry, own: ClusterSources): Fields {
  return [
    reasons.has('pending limit') ? own.pendingRequests : null,
    reasons.has('request limit') ? own.requests : null,
    reasons.has('connection limit') ? own.connections : null,
  ];
}

function timeoutFields(facts: Facts, entry: Entry, sources: PlanSources): Fields {
  return actedTimeouts(facts, entry).flatMap(({ kind, site }) => {
    if (site === null) return [];
    const { timeout, perTryTimeout } = sources.sites[site];
    return [kind === TIMEOUT.oneTry ? perTryTimeout : kind === TIMEOUT.route ? timeout : null];
  });
}

/** Sites whose calls went the way of the entry. */
function sitesOf(facts: Facts, { subject, causes }: Entry): number[] {
  if (subject.kind !== 'edge') return [];
  const rows = subject.rows.filter(
    (row) => causes.size === 0 || [...facts.rows[row].bad.keys()].some((cause) => causes.has(cause)),
  );
  return [...new Set((rows.length === 0 ? subject.rows : rows).flatMap((row) => facts.sitesOf(row)))];
}

/** Workloads behind the cluster that have no pods. */
function emptyWorkloads({ plan }: Facts, { subject }: Entry): number[] {
  if (subject.kind !== 'cluster') return [];
  const groups = subject.clusters.flatMap((index) => plan.clusters[index].groups);
  return [...new Set(groups.map(({ workload }) => workload))].filter(
    (workload) => plan.workloads[workload].podLocalities.length === 0,
  );
}

export function hasEjected(facts: Facts, { subject }: Entry): boolean {
  if (subject.kind !== 'cluster') return false;
  return subject.clusters.some(
    (index) => facts.cluster(index, (result) => result.ejectionsEnforced + result.ejectedAtStart) > 0,
  );
}
