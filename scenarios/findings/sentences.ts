// The sentences of findings: subject, fact, number, place, consequence.

import type { FilterPlan } from '../../models/plan/contract/filter-plan.js';
import type { FilterSource } from '../../models/plan/contract/sources.js';
import { formatCount, formatDurationMs, formatNumber, formatShare } from '../../sim/statistics/number-words.js';
import type { FindingCode } from '../result/finding-codes.js';
import type { Facts } from './facts.js';
import { fullPods, fullReplications, isThrottled, type PodFacts } from './full.js';
import type { Entry } from './ledger.js';
import { hasEjected, sourcesOf } from './lines.js';
import { callersOf, lineWords, subjectName } from './naming.js';
import { actedTimeouts } from './timeouts.js';
import { heldByCalls } from './victims.js';

/** What a filter is, where no object of the YAML is known that made it. */
const FILTER_WORDS: Readonly<Record<FilterPlan['kind'], string>> = {
  rbac: 'RBAC',
  jwt: 'check of tokens',
  wasm: 'Wasm plugin',
  fault: 'fault',
  'local-rate-limit': 'local rate limit',
  'rate-limit-service': 'rate limit service',
  'admission-control': 'admission control',
  'adaptive-concurrency': 'adaptive concurrency',
  'ext-authz': 'external authorization',
};
/** What adds time by itself; before the others requests wait. */
const ADDS: ReadonlySet<FindingCode> = new Set(['F205', 'F206', 'F207']);
/** Part of the clients' mean latency below which a wait beside errors is not told. */
const TOLD_LATENCY = 0.01;

/** One sentence, with its full stop. */
export function sentenceOf(facts: Facts, entry: Entry): string {
  const consequence = consequences(facts, entry);
  const fact = `${factOf(facts, entry)}${victimClause(facts, entry)}`;
  return `${fact}${consequence === '' ? '' : `: ${consequence}`}.`;
}

function consequences(facts: Facts, entry: Entry): string {
  const { errors, stuck, latencyMs, code } = entry;
  const parts: string[] = [];
  // Beside errors a wait that nobody notices says nothing.
  const isLatency = facts.meanMs > 0 && latencyMs > (errors > 0 ? TOLD_LATENCY * facts.meanMs : 0);
  if (errors > 0) {
    const by = [...entry.reasons.keys()].some((reason) => reason.startsWith('waited') || reason === 'injected delay')
      ? timeoutClause(facts, entry)
      : '';
    parts.push(`${formatShare(errors / facts.calls)} of all requests fail by it${by}`);
  }
  if (stuck > 0) {
    const sent = facts.calls + facts.waitingCount;
    parts.push(`${formatCount(stuck)} of ${formatCount(sent)} requests still wait for it when the run ends`);
  }
  if (isLatency) {
    const share = formatShare(facts.feltMs(latencyMs) / facts.meanMs);
    const verb = ADDS.has(code) ? 'it adds' : 'requests wait';
    parts.push(
      `${verb} ${formatDurationMs(facts.feltMs(latencyMs))} on average, ${share} of the latency that clients see`,
    );
  }
  return parts.join('; ');
}

function timeoutClause(facts: Facts, entry: Entry): string {
  const acted = actedTimeouts(facts, entry);
  return acted.length === 0 ? '' : `, at ${acted.map(({ words }) => words).join(' and ')}`;
}

function factOf(facts: Facts, entry: Entry): string {
  const { code } = entry;
  const name = subjectName(facts, entry.subject);
  const lines = lineWords(sourcesOf(facts, entry), entry.subject.kind === 'filter');
  switch (code) {
    case 'F101':
      return `${name} answers ${ownShare(facts, entry)} of its calls with errors of its own${lines}`;
    case 'F102':
      return `the queue of ${name} is full and turns ${ownShare(facts, entry)} of the calls away${lines}`;
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
      return `the rate limit of ${objectName(facts, entry, name)} refuses ${filterShare(facts, entry)}${lines}`;
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
      return `${injector(facts, entry, 'a fault that the YAML injects')} ends calls ${edgeWords(facts, entry)}${lines}`;
    case 'F114':
      return `the route ${name} leads to a host or subset that does not exist (503 NC)${lines}`;
    case 'F115':
      return entry.errors > 0 ? `${name} takes longer than its callers wait${lines}` : `${name} takes long${lines}`;
    case 'F116':
      return `the route ${name} answers by itself${lines}`;
    case 'F117':
      return `${name} gets answers that it does not expect`;
    case 'F119':
      return `calls ${name} fail, and the run does not know why`;
    case 'F120':
      return `the timeline hits ${name}${lines}`;
    case 'F201':
      return cpuFact(facts, entry, name, lines);
    case 'F202':
      return workersFact(facts, entry, name, lines);
    case 'F203':
      return proxyFact(facts, entry, name, lines);
    case 'F204':
      return `calls from ${callersOf(facts, entry)} to ${name} wait for a connection${lines}`;
    case 'F205':
      return `${name} is ${formatNumber(entry.factor, 1)} times slower than the others of its service${lines}`;
    case 'F206':
      return `${injector(facts, entry, 'the YAML')} injects a delay into calls ${edgeWords(facts, entry)}${lines}`;
    case 'F207':
      return networkFact(facts, entry, name);
    case 'F301':
      return retryFact(entry, name, lines);
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
  if (refused === 0) return `calls wait at the sidecar of ${name} for a connection to the application${lines}`;
  return `the sidecar of ${name} refuses ${formatShare(refused / arrived)} of the calls at its inbound limit${lines}; ${holds}`;
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

function workersFact(facts: Facts, { subject, behind }: Entry, name: string, lines: string): string {
  if (subject.kind !== 'workload') return name;
  const inCalls = heldByCalls(facts, subject.workload);
  if (behind === null) {
    const doing = inCalls > 0.5 ? `, ${formatShare(inCalls)} of the time by the calls that they make` : '';
    return `all workers of ${name} are held${doing}${lines}`;
  }
  return `all workers of ${name} are held${lines}`;
}

/** `, because of what stands behind it, at bank` */
function victimClause(facts: Facts, { subject, behind }: Entry): string {
  if (behind === null) return '';
  const of = subjectName(facts, behind.subject);
  return of === subjectName(facts, subject)
    ? ', because its requests wait for CPU'
    : `, because of what is behind it, at ${of}`;
}

function proxyFact(facts: Facts, { subject }: Entry, name: string, lines: string): string {
  if (subject.kind !== 'workload') return name;
  const { workload } = subject;
  const { kind, proxy } = facts.plan.workloads[workload];
  const whose = kind === 'app' || kind === 'external' ? `the sidecar of ${name}` : name;
  const busiest = facts.fullest(workload, (pod) => pod.busiestThread);
  const mean = facts.fullest(workload, (pod) => pod.proxyUtilisation);
  const threads = proxy?.workers ?? 1;
  if (threads > 1) {
    const { results } = facts;
    const ofThreads = (mean * Math.min(threads, (proxy?.cpuLimitMillis ?? Number.POSITIVE_INFINITY) / 1000)) / threads;
    const alone = Math.round(fullReplications(facts, workload, threadAlone) * results.length);
    const together = `all together ${formatShare(ofThreads)}`;
    if (alone > 0 && alone < results.length) {
      return `one of ${threads} worker threads of ${whose} is full in ${alone} of ${results.length} replications, ${together}${lines}`;
    }
    if (busiest > 1.2 * mean) {
      return `one of ${threads} worker threads of ${whose} is busy ${formatShare(busiest)} of the time, ${together}${lines}`;
    }
  }
  return `${whose} is at its limit, busy ${formatShare(Math.max(busiest, mean))} of the time${lines}`;
}

/** How full the fullest thread is, where not all the CPU of its proxy is. */
function threadAlone({ busiestThread, proxyUtilisation }: PodFacts): number {
  return busiestThread > 1.2 * proxyUtilisation ? busiestThread : 0;
}

function networkFact(facts: Facts, { subject }: Entry, name: string): string {
  if (subject.kind !== 'link') return `calls ${name} are held up on the network`;
  const { loss } = facts.plan.network;
  const share = Math.max(loss[subject.from][subject.to], loss[subject.to][subject.from]);
  return `the network between ${name} loses packets of ${formatShare(share)} of the messages, which are sent again`;
}

function retryFact({ layers, factor }: Entry, name: string, lines: string): string {
  if (layers.length < 2) return `calls ${name} take ${formatNumber(factor, 2)} tries each${lines}`;
  const tries = layers.map((layer) => `${layer.name} ${formatNumber(layer.factor, 2)}`).join(', ');
  return `retries multiply: a call ${layers[0].name} makes up to ${formatNumber(factor, 2)} tries ${name}${lines}; tries for each call are ${tries}`;
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

/** `34 % of the calls web -> cart`, of the edge where the filters answer. */
function filterShare(facts: Facts, entry: Entry): string {
  const found = hitEdge(facts, entry);
  return found === null ? 'requests' : `${formatShare(found.bad / found.calls)} of the calls ${found.name}`;
}

interface HitEdge {
  readonly name: string;
  calls: number;
  bad: number;
}

/** The edge on which the filters end the most calls; null where they end none. */
function hitEdge(facts: Facts, { subject, causes }: Entry): HitEdge | null {
  const edges = new Map<string, HitEdge>();
  const own = subject.kind === 'filter' ? edgesWith(facts, subject.filters) : new Set<number>();
  facts.plan.rows.forEach(({ edge }, index) => {
    if (!own.has(edge)) return;
    const row = facts.rows[index];
    const name = facts.edgeName(index);
    const seen = edges.get(name) ?? { name, calls: 0, bad: 0 };
    seen.calls += row.calls;
    for (const [cause, count] of row.bad) if (causes.has(cause)) seen.bad += count;
    edges.set(name, seen);
  });
  const [most] = [...edges.values()].filter(({ bad }) => bad > 0).sort((a, b) => b.bad - a.bad);
  return most ?? null;
}

/** Edges whose calls pass the filters: at the caller, or where they arrive. */
function edgesWith({ plan }: Facts, filters: readonly number[]): Set<number> {
  const holds = (own: readonly number[] | undefined): boolean => (own ?? []).some((filter) => filters.includes(filter));
  const found = plan.sites.filter(({ route: { filters: own, action } }) => {
    if (holds(own) || action.kind !== 'forward') return holds(own);
    return action.destinations.some(({ arrivals }) => arrivals.some((arrival) => holds(plan.chains[arrival.chain])));
  });
  return new Set(found.map(({ edge }) => edge));
}

/** The object that made the filter and what in it decided. */
function policyName(facts: Facts, entry: Entry, name: string): string {
  const source = filterSource(facts, entry);
  if (source === null) return objectName(facts, entry, name);
  return source.detail === '' ? source.object : `${source.object} (${source.detail})`;
}

/** The object that made the filter; its kind where nobody knows who did. */
function objectName(facts: Facts, entry: Entry, name: string): string {
  const source = filterSource(facts, entry);
  if (source !== null) return source.object;
  const kind = entry.subject.kind === 'filter' ? facts.plan.filters[entry.subject.filters[0]]?.kind : undefined;
  return kind === undefined || name.includes(kind) ? name : `${name} (${FILTER_WORDS[kind]})`;
}

function filterSource({ sources }: Facts, { subject }: Entry): FilterSource | null {
  return subject.kind === 'filter' ? (sources?.filters[subject.filters[0]] ?? null) : null;
}

/** Who injects a fault: the object where it is a filter's. */
function injector(facts: Facts, entry: Entry, otherwise: string): string {
  return entry.subject.kind === 'filter' ? objectName(facts, entry, entry.subject.name) : otherwise;
}

/** `web -> cart`; of a filter the edge where it acts, where that can be told. */
function edgeWords(facts: Facts, entry: Entry): string {
  return entry.subject.kind === 'edge' ? entry.subject.name : (hitEdge(facts, entry)?.name ?? 'that pass it');
}

function requestsOf({ plan }: Facts, { subject }: Entry): string {
  if (subject.kind !== 'edge') return 'the request';
  const requests = [...new Set(subject.rows.map((row) => plan.rows[row].request))];
  return requests.length === 1 ? requests[0] : `${requests.length} kinds of requests`;
}
