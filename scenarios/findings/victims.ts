// Victims: what is full only because something behind it is. Workers and limits of requests under way are held for as long as calls take, so that a slow
// callee, or CPU that is used up, fills them all the way up to the clients.
import type { FindingCode } from '../result/finding-codes.js';
import type { Facts } from './facts.js';
import { areWorkersFull, isProxyFull } from './full.js';
import type { Entry } from './ledger.js';

/** Part of the time for which a place is held, above which what fills it is the reason. */
const MOST = 0.5;
/** Bursts fill a place, too: what stands behind it has to account for this part of the time at least, if not for errors. */
const LEAST_PART = 0.3;
const NS_PER_MS = 1e6;

const WORKERS: ReadonlySet<FindingCode> = new Set(['F102', 'F202']);
const LIMITS: ReadonlySet<FindingCode> = new Set(['F103', 'F104', 'F204']);

/** Sets `behind` of each victim to what stands behind it, and behind that: of several the one that weighs most. */
export function tellVictims(facts: Facts, entries: readonly Entry[], impactOf: (entry: Entry) => number): void {
  const victims = entries.filter((entry) => heldAt(facts, entry).some((workload) => reasonsAt(facts, entry, workload)));
  for (const victim of victims) {
    const found = entries
      .filter((entry) => entry !== victim && impactOf(entry) > 0)
      .filter((entry) => heldAt(facts, victim).some((workload) => standsBehind(facts, entry, victim, workload)))
      .sort((a, b) => impactOf(b) - impactOf(a));
    victim.behind = found[0] ?? null;
  }
  for (const victim of victims) victim.behind = lastBehind(victim);
}

function lastBehind(victim: Entry): Entry | null {
  const seen = new Set([victim]);
  let last = victim.behind;
  while (last !== null && last.behind !== null && !seen.has(last)) {
    seen.add(last);
    last = last.behind;
  }
  return last === victim ? null : last;
}

/** The workloads that hold what the entry says is full. */
function heldAt({ plan }: Facts, { code, subject }: Entry): number[] {
  if (!WORKERS.has(code) && !LIMITS.has(code)) return [];
  switch (subject.kind) {
    case 'workload':
      return [subject.workload];
    case 'cluster':
      return [
        ...new Set(subject.clusters.flatMap((index) => plan.clusters[index].groups.map((group) => group.workload))),
      ];
    default:
      return [];
  }
}

/** Whether anything but its own work can be what holds it. */
function reasonsAt(facts: Facts, { code, subject }: Entry, workload: number): boolean {
  if (heldByCalls(facts, workload) > MOST || heldByCpu(facts, workload) > MOST) return true;
  // A limit of callers is held while requests wait for the proxy and the workers of the server.
  return (
    LIMITS.has(code) && subject.kind === 'cluster' && (isProxyFull(facts, workload) || areWorkersFull(facts, workload))
  );
}

function standsBehind(facts: Facts, entry: Entry, victim: Entry, workload: number): boolean {
  const isFelt = WORKERS.has(victim.code) && entry.errors + entry.stuck > 0;
  const waitedNs = entry.latencyMs * NS_PER_MS * facts.calls;
  if (!isFelt && waitedNs < LEAST_PART * workerNs(facts, workload)) return false;
  if (entry.subject.kind === 'workload' && entry.subject.workload === workload) {
    if (entry.code === 'F201') return heldByCpu(facts, workload) > MOST;
    return victim.subject.kind === 'cluster' && (entry.code === 'F202' || entry.code === 'F203');
  }
  return heldByCalls(facts, workload) > MOST && isBelow(facts, entry, workload, calledFrom(facts, workload));
}

/** Part of the time for which workers are held in which the application waits for its calls, 0..1. */
export function heldByCalls(facts: Facts, workload: number): number {
  const heldNs = workerNs(facts, workload);
  const ownNs = facts.workload(workload, ({ appCpuNs, cpuWaitNs, pauseNs }) => appCpuNs + cpuWaitNs + pauseNs);
  return heldNs > 0 ? Math.max(0, 1 - ownNs / heldNs) : 0;
}

function heldByCpu(facts: Facts, workload: number): number {
  const heldNs = workerNs(facts, workload);
  return heldNs > 0 ? facts.workload(workload, ({ cpuWaitNs }) => cpuWaitNs) / heldNs : 0;
}

function workerNs({ results }: Facts, workload: number): number {
  return results.reduce((sum, { workloads, measuredNs }) => {
    const { inService, queued } = workloads[workload];
    return sum + (inService - queued) * measuredNs;
  }, 0);
}

/** Workloads that calls of this one can reach, at once or through others. */
function calledFrom({ plan }: Facts, workload: number): Set<number> {
  const found = new Set<number>();
  const open = [workload];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { caller, route } of plan.sites) {
      if (caller !== next || route.action.kind !== 'forward') continue;
      for (const { cluster } of route.action.destinations) {
        for (const group of plan.clusters[cluster].groups) {
          if (found.has(group.workload)) continue;
          found.add(group.workload);
          open.push(group.workload);
        }
      }
    }
  }
  return found;
}

/** Whether what the entry is about lies on the way of calls of `workload` and of those `below`. */
function isBelow({ plan }: Facts, { subject }: Entry, workload: number, below: ReadonlySet<number>): boolean {
  const own = plan.sites.filter(({ caller }) => caller === workload || below.has(caller));
  switch (subject.kind) {
    case 'workload':
      return below.has(subject.workload);
    case 'cluster':
      return own.some(
        ({ route: { action } }) =>
          action.kind === 'forward' && action.destinations.some(({ cluster }) => subject.clusters.includes(cluster)),
      );
    case 'edge':
      return subject.rows.some((row) => own.some(({ edge }) => edge === plan.rows[row].edge));
    case 'filter':
    case 'link':
      return true;
    case 'request':
    case 'traffic':
      return false;
  }
}
