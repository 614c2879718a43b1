// The sentences of findings: subject, fact, number, place, consequence.
import type { FieldSource } from '../../models/plan/sources.js';
import { formatCount, formatDurationMs, formatNumber, formatShare } from '../../sim/statistics/number-words.js';
import type { FindingPlace } from '../findings-result.js';
import type { Facts } from './facts.js';
import { fullPods, isThrottled } from './full.js';
import type { Entry, Subject } from './ledger.js';
import { hasEjected, sourcesOf } from './lines.js';
import { clusterName } from './places.js';
import { actedTimeouts, timeoutWords } from './timeouts.js';

export { sourcesOf } from './lines.js';

/** One sentence, with its full stop. */
export function sentenceOf(facts: Facts, entry: Entry): string {
  const consequence = consequences(facts, entry);
  const fact = factOf(facts, entry);
  return `${fact}${consequence === '' ? '' : `: ${consequence}`}.`;
}

function consequences(facts: Facts, entry: Entry): string {
  const { errors, latencyMs, code } = entry;
  const parts: string[] = [];
  const isLatency = latencyMs > 0 && facts.meanMs > 0;
  if (errors > 0) {
    const by = [...entry.reasons.keys()].some((reason) => reason.startsWith('waited') || reason === 'injected delay')
      ? timeoutClause(facts, entry)
      : '';
    parts.push(`${formatShare(errors / facts.calls)} of all requests fail by it${by}`);
  }
  if (isLatency) {
    const share = formatShare(Math.min(1, latencyMs / facts.meanMs));
    const verb = code === 'F206' || code === 'F205' ? 'it adds' : 'requests wait';
    parts.push(`${verb} ${formatDurationMs(latencyMs)} on average, ${share} of the latency that clients see`);
  }
  return parts.join('; ');
}

function timeoutClause(facts: Facts, entry: Entry): string {
  const acted = actedTimeouts(facts, entry);
  return acted.length === 0 ? '' : `, at ${acted.map((one) => timeoutWords(facts, one)).join(' and ')}`;
}

function factOf(facts: Facts, entry: Entry): string {
  const { code } = entry;
  const name = subjectName(facts, entry.subject);
  const lines = lineWords(sourcesOf(facts, entry));
  switch (code) {
    case 'F101':
      return `${name} answers ${ownShare(facts, entry)} of its calls with errors of its own${lines}`;
    case 'F102':
      return `${name}'s queue is full${lines}: ${ownShare(facts, entry)} of its calls are turned away`;
    case 'F103':
      return inboundFact(facts, entry, name, lines);
    case 'F104':
      return `the circuit breaker of ${callersOf(facts, entry)} for ${name} refuses ${breakerShare(facts, entry)} of the calls${lines}`;
    case 'F105':
      return noEndpointFact(facts, entry, name, lines);
    case 'F106':
      return `no route matches ${requestsOf(facts, entry)} (${name}), which gets 404 NR`;
    case 'F107':
    case 'F118':
      return `${policyName(facts, entry, name)} refuses ${filterShare(facts, entry)}${lines}`;
    case 'F108':
      return `the rate limit of ${policyName(facts, entry, name)} refuses ${filterShare(facts, entry)}${lines}`;
    case 'F109':
      return `connections from ${callersOf(facts, entry)} to ${name} do not come up${lines}`;
    case 'F110':
      return entry.subject.kind === 'workload'
        ? `${name} closes idle connections under its own sidecar's requests`
        : `connections from ${callersOf(facts, entry)} to ${name} are lost under requests`;
    case 'F111':
      return `${callersOf(facts, entry)} and ${name} do not agree on TLS${lines}`;
    case 'F112':
      return `a policy does not let ${callersOf(facts, entry)} reach ${name}${lines}`;
    case 'F113':
      return `a fault that the YAML injects ends calls ${name}${lines}`;
    case 'F114':
      return `the route ${name} leads to a host or subset that does not exist (503 NC)${lines}`;
    case 'F115':
      return `${name} takes longer than its callers wait${lines}`;
    case 'F116':
      return `the route ${name} answers by itself${lines}`;
    case 'F117':
      return `${name} gets answers that it does not expect`;
    case 'F119':
      return `calls ${name} fail, and the run does not know why`;
    case 'F201':
      return cpuFact(facts, entry, name, lines);
    case 'F202':
      return `all workers of ${name} are held${lines}`;
    case 'F203':
      return proxyFact(facts, entry, name, lines);
    case 'F204':
      return `calls from ${callersOf(facts, entry)} to ${name} wait for a connection${lines}`;
    case 'F205':
      return `${name} is ${formatNumber(entry.factor, 1)} times slower than the others of its service${lines}`;
    case 'F206':
      return `the YAML injects a delay into calls ${name}${lines}`;
    case 'F207':
      return `the network between ${name} costs time`;
    case 'F301':
      return `retries multiply: ${name} makes ${formatNumber(entry.factor, 2)} tries for each call${lines}`;
    case 'F302':
      return `outlier detection has hosts of ${name} ejected, ${formatCount(entry.factor)} times over all proxies and replications${lines}`;
    case 'F303':
      return `the balancer of ${callersOf(facts, entry)} picks among all hosts of ${name} in panic, the bad ones too${lines}`;
    case 'F304':
      return `${formatCount(entry.factor)} calls from ${callersOf(facts, entry)} to ${name} went over to another locality${lines}`;
    case 'F305':
      return `${formatCount(entry.factor)} retries to ${name} were not allowed${lines}`;
    case 'F402':
      return `no calls: ${name} sent nothing that ended in the measured time`;
  }
}

function inboundFact(facts: Facts, entry: Entry, name: string, lines: string): string {
  if (entry.subject.kind !== 'workload') return name;
  const { workload } = entry.subject;
  const refused = facts.workload(
    workload,
    (result) => result.inboundPendingOverflow + result.inboundRequestOverflow + result.inboundConnectionOverflow,
  );
  const arrived = refused + facts.workload(workload, (result) => result.arrivals);
  const pods = facts.plan.workloads[workload].podLocalities.length;
  const holds = pods === 1 ? 'the limit holds for its single pod' : `the limit holds for each of its ${pods} pods`;
  if (refused === 0) return `calls wait at ${name}'s sidecar for a connection to the application${lines}`;
  return `${name}'s sidecar refuses ${formatShare(refused / arrived)} of its calls at its inbound limit${lines}; ${holds}`;
}

function noEndpointFact(facts: Facts, entry: Entry, name: string, lines: string): string {
  if (entry.subject.kind !== 'cluster') return name;
  const groups = entry.subject.clusters.flatMap((index) => facts.plan.clusters[index].groups);
  const pods = groups.reduce((sum, { workload }) => sum + facts.plan.workloads[workload].podLocalities.length, 0);
  if (pods === 0) return `${name} has no endpoints${lines}`;
  return hasEjected(facts, entry)
    ? `outlier detection has ejected every endpoint of ${name}${lines}`
    : `${name} has no endpoint that ${callersOf(facts, entry)} may use${lines}`;
}

function cpuFact(facts: Facts, { subject }: Entry, name: string, lines: string): string {
  if (subject.kind !== 'workload') return name;
  const { workload } = subject;
  const pods = facts.plan.workloads[workload].podLocalities.length;
  const full = fullPods(facts, workload, (pod) => pod.cpuUtilisation);
  if (full === 0 && isThrottled(facts, workload))
    return `${name} is held back by its CPU limit in the middle of its periods${lines}`;
  return `${name} is the bottleneck, ${full} of ${pods} ${pods === 1 ? 'pod' : 'pods'} at the CPU limit${lines}`;
}

function proxyFact(facts: Facts, { subject }: Entry, name: string, lines: string): string {
  if (subject.kind !== 'workload') return name;
  const { workload } = subject;
  const { kind, proxy } = facts.plan.workloads[workload];
  const whose = kind === 'app' || kind === 'external' ? `${name}'s sidecar` : name;
  const busiest = facts.fullest(workload, (pod) => pod.busiestThread);
  const mean = facts.fullest(workload, (pod) => pod.proxyUtilisation);
  const threads = proxy?.workers ?? 1;
  if (threads > 1 && busiest > 1.2 * mean) {
    return `one of ${threads} worker threads of ${whose} is busy ${formatShare(busiest)} of the time, all together ${formatShare(mean)}${lines}`;
  }
  return `${whose} is at its limit, busy ${formatShare(Math.max(busiest, mean))} of the time${lines}`;
}

/** Share of the calls that reach a workload and end by the causes of the entry. */
function ownShare(facts: Facts, { subject, causes }: Entry): string {
  if (subject.kind !== 'workload') return 'some';
  const { calls, bad } = facts.badOn((row) => facts.plan.rows[row].workload === subject.workload, causes);
  return calls === 0 ? 'some' : formatShare(bad / calls);
}

function breakerShare(facts: Facts, { subject }: Entry): string {
  if (subject.kind !== 'cluster') return 'some';
  const sum = (of: (result: Facts['results'][number]['clusters'][number]) => number): number =>
    subject.clusters.reduce((all, index) => all + facts.cluster(index, of), 0);
  const refused = sum((own) => own.upstreamRqPendingOverflow + own.upstreamRqActiveOverflow + own.upstreamCxOverflow);
  const overflow = sum((own) => own.upstreamRqPendingOverflow + own.upstreamRqActiveOverflow) || refused;
  const all = overflow + sum((own) => own.upstreamRqTotal);
  return all === 0 ? 'some' : formatShare(overflow / all);
}

/** `34 % of the calls web -> cart`, of the edge where the filters answer most. */
function filterShare(facts: Facts, { causes }: Entry): string {
  const edges = new Map<string, { calls: number; bad: number; depth: number }>();
  facts.rows.forEach((row, index) => {
    const name = facts.edgeName(index);
    const seen = edges.get(name) ?? { calls: 0, bad: 0, depth: 0 };
    seen.calls += row.calls;
    for (const [cause, count] of row.bad) if (causes.has(cause)) seen.bad += count;
    edges.set(name, seen);
  });
  // The last edge that the refused calls went by is where the filter stands.
  const hit = [...edges].filter(([, { bad }]) => bad > 0);
  const deepest = hit.at(-1);
  if (deepest === undefined) return 'requests';
  const [name, { calls, bad }] = deepest;
  return `${formatShare(bad / calls)} of the calls ${name}`;
}

function policyName(facts: Facts, { subject }: Entry, name: string): string {
  if (subject.kind !== 'filter') return name;
  const source = facts.sources?.filters[subject.filters[0]] ?? null;
  if (source === null) return name;
  return source.detail === '' ? source.object : `${source.object}, ${source.detail},`;
}

/** Who has the cluster: `web`, `web and api`, `5 callers`. */
function callersOf({ plan }: Facts, { subject }: Entry): string {
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

function requestsOf({ plan }: Facts, { subject }: Entry): string {
  if (subject.kind !== 'edge') return 'the request';
  const requests = [...new Set(subject.rows.map((row) => plan.rows[row].request))];
  return requests.length === 1 ? requests[0] : `${requests.length} kinds of requests`;
}

function subjectName(facts: Facts, subject: Subject): string {
  const { plan } = facts;
  switch (subject.kind) {
    case 'workload':
      return facts.workloadName(subject.workload);
    case 'cluster':
      return clusterName(plan.clusters[subject.clusters[0]]);
    case 'filter':
    case 'edge':
      return subject.name;
    case 'request': {
      const all = plan.traffic.flatMap(({ name, requests }) => requests.map((request) => `${name}.${request.name}`));
      return all[subject.request];
    }
    case 'traffic':
      return plan.traffic[subject.traffic].name;
  }
}

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
      for (const { handler, filters: own } of arrivals)
        if (holds(own)) found.add(names[plan.handlers[handler].workload]);
    }
  }
  return [...found].map((name) => ({ kind: 'service', name }));
}

/** ` (http2MaxRequests 2, backends.yaml:14)`, of the first two lines. */
function lineWords(sources: readonly FieldSource[]): string {
  const words = sources.slice(0, 2).map(({ field, value, position, object }) => {
    const what = field === '' ? object : [shortField(field), value].filter((word) => word !== '').join(' ');
    return position === null ? what : `${what}, ${position.file}:${position.line}`;
  });
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
}

/** The last two names of a path: `limits.cpu`, `http.http2MaxRequests`; annotations as they are. */
function shortField(field: string): string {
  if (field.includes('/')) return field;
  const names = field.split('.');
  const last = names.at(-1) ?? field;
  return names.length > 1 && last.length < 5 ? names.slice(-2).join('.') : last;
}
