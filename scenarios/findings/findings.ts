// The findings of a run: the ledger of what acted, in order, each with its sentence, its lines and its numbers. From symptom to root: errors are put to
// where a request first went wrong, latency to the stations where the time was spent, so that a culprit is told from its victims.
import { FLAG } from '../../models/mesh/recording/flags.js';
import type { Finding, FindingEvidence, FindingRole } from '../result/findings-result.js';
import type { FlowPart } from '../tally/flow.js';
import { measuredMean, measuredShare } from '../tally/measure.js';
import { chargeErrors, chargeStuck } from './errors.js';
import { Facts, type FindingInput } from './facts.js';
import { type Entry, Ledger } from './ledger.js';
import { sourcesOf } from './lines.js';
import { noteReactions } from './reactions.js';
import { sentenceOf } from './sentences.js';
import { tellVictims } from './victims.js';
import { chargeWaits } from './waits.js';
import { placesOf } from './where.js';

export type { FindingInput } from './facts.js';

/** Bad answers of all client requests from which on a client notices. */
const NOTICED_SHARE = 0.001;
/** Part of the clients' mean latency from which on a wait matters. */
const NOTICED_LATENCY = 0.1;
/** Of the largest impact: what has at least so much is a culprit too. */
const CULPRIT_PART = 0.3;
/** An error weighs more than the same part of the latency. */
const LATENCY_WEIGHT = 0.5;

/** The culprit first; those that nobody felt last. None where nothing was measured. */
export function findFindings(input: FindingInput): Finding[] {
  const facts = new Facts(input, FLAG.DI);
  if (facts.measuredNs === 0) return [];
  const ledger = new Ledger();
  chargeErrors(facts, ledger);
  chargeStuck(facts, ledger);
  chargeWaits(facts, ledger);
  noteReactions(facts, ledger);
  tellVictims(facts, ledger.entries, (entry) => impactOf(facts, entry));
  const felt = ledger.entries.filter((entry) => isWorthTelling(facts, entry));
  const told = ledger.entries.filter((entry) => felt.includes(entry) || felt.some(({ behind }) => behind === entry));
  const entries = told
    .map((entry) => ({ entry, impact: fullImpact(facts, entry, told) }))
    .sort(
      (a, b) => b.impact - a.impact || b.entry.latencyMs - a.entry.latencyMs || compareText(a.entry.code, b.entry.code),
    );
  const largest = entries[0]?.impact ?? 0;
  return entries.map(({ entry, impact }) => ({
    code: entry.code,
    role: roleOf(facts, entry, impact, largest, told),
    sentence: sentenceOf(facts, entry),
    where: placesOf(facts, entry),
    sources: sourcesOf(facts, entry),
    evidence: evidenceOf(facts, entry),
    errorShare: facts.calls === 0 ? 0 : entry.errors / facts.calls,
    latencyMs: facts.feltMs(entry.latencyMs),
  }));
}

/** Waits that add little are no finding; what refuses or reacts always is. */
function isWorthTelling(facts: Facts, { errors, stuck, latencyMs, factor, code }: Entry): boolean {
  if (errors + stuck > 0) return true;
  if (latencyMs > 0) return latencyMs >= NOTICED_LATENCY * facts.meanMs;
  return factor > 0 || code === 'F402';
}

function impactOf(facts: Facts, { errors, stuck, latencyMs, code }: Entry): number {
  if (code === 'F402') return facts.calls === 0 ? 1 : 0;
  const errorShare = facts.calls === 0 ? 0 : errors / facts.calls;
  const latencyShare = facts.meanMs === 0 ? 0 : facts.feltMs(latencyMs) / facts.meanMs;
  const stuckShare = stuck === 0 ? 0 : stuck / (facts.calls + facts.waitingCount);
  return errorShare + stuckShare + LATENCY_WEIGHT * latencyShare;
}

/** With that of its victims: they suffer from it. Their own is what is left to them. */
function fullImpact(facts: Facts, entry: Entry, all: readonly Entry[]): number {
  const victims = all.filter(({ behind }) => behind === entry);
  const own = impactOf(facts, entry);
  if (entry.behind !== null) return Math.min(own, impactOf(facts, entry.behind)) / 2;
  return victims.reduce((sum, victim) => sum + impactOf(facts, victim), own);
}

function roleOf(facts: Facts, entry: Entry, impact: number, largest: number, all: readonly Entry[]): FindingRole {
  const { errors, stuck, latencyMs, code, behind } = entry;
  const isNoticed =
    stuck > 0 ||
    errors >= NOTICED_SHARE * facts.calls ||
    latencyMs >= NOTICED_LATENCY * facts.meanMs ||
    all.some((other) => other.behind === entry);
  if (code === 'F402') return facts.calls === 0 ? 'culprit' : 'note';
  if (errors + stuck + latencyMs > 0) {
    if (!isNoticed || impact === 0) return 'note';
    return behind === null && impact >= CULPRIT_PART * largest ? 'culprit' : 'contributing';
  }
  return facts.bad >= NOTICED_SHARE * facts.calls && facts.calls > 0 ? 'contributing' : 'note';
}

function evidenceOf(facts: Facts, entry: Entry): FindingEvidence[] {
  const { tally, results } = facts;
  const evidence: FindingEvidence[] = [];
  if (entry.errors > 0) {
    const countOf = (part: FlowPart): number =>
      part.causes.reduce((sum, { cause, good, count }) => sum + (!good && entry.causes.has(cause) ? count : 0), 0);
    evidence.push({ name: 'requests that fail by it', unit: 'share', measured: measuredShare(tally.all, countOf) });
  }
  if (entry.latencyMs > 0) {
    const value = facts.feltMs(entry.latencyMs);
    evidence.push({ name: 'mean latency', unit: 'ms', measured: { value, low: null, high: null, reason: null } });
  }
  if (entry.subject.kind === 'workload') {
    const { workload } = entry.subject;
    const highest = (of: (pod: Facts['results'][number]['workloads'][number]['pods'][number]) => number) =>
      measuredMean(results.map(({ workloads }) => Math.max(0, ...workloads[workload].pods.map(of))));
    switch (entry.code) {
      case 'F201':
        evidence.push({
          name: 'CPU of the fullest pod',
          unit: 'share',
          measured: highest((pod) => pod.cpuUtilisation),
        });
        break;
      case 'F202':
        evidence.push({
          name: 'workers of the fullest pod',
          unit: 'share',
          measured: highest((pod) => pod.workerUtilisation),
        });
        break;
      case 'F203':
        evidence.push({
          name: 'busiest thread of a proxy',
          unit: 'share',
          measured: highest((pod) => pod.busiestThread),
        });
        break;
      default:
        break;
    }
  }
  if (entry.code === 'F301') {
    const value = entry.factor;
    evidence.push({
      name: 'tries for each call',
      unit: 'perCall',
      measured: { value, low: null, high: null, reason: null },
    });
  }
  return evidence;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
