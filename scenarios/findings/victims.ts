// Victims: an application whose workers are all held because the calls that it makes do not come back, or because its own CPU is used up. The queue before
// it is long, and what is full stands behind it.
import type { Facts } from './facts.js';
import { areWorkersFull } from './full.js';
import type { Entry } from './ledger.js';

/** Part of the time for which workers are held, above which what fills it is the reason. */
const MOST = 0.5;

/** Sets `behind` of each victim to the entry that weighs most of those that stand behind it. */
export function tellVictims(facts: Facts, entries: readonly Entry[], impactOf: (entry: Entry) => number): void {
  const victims = entries.filter((entry) => entry.code === 'F202' && isVictim(facts, entry));
  for (const victim of victims) {
    const { subject } = victim;
    if (subject.kind !== 'workload') continue;
    const below = calledFrom(facts, subject.workload);
    const others = entries.filter((entry) => !victims.includes(entry) && impactOf(entry) > 0);
    const found = others
      .filter((entry) =>
        heldByCpu(facts, subject.workload) > MOST
          ? entry.code === 'F201' && entry.subject.kind === 'workload' && entry.subject.workload === subject.workload
          : isBelow(facts, entry, subject.workload, below),
      )
      .sort((a, b) => impactOf(b) - impactOf(a));
    victim.behind = found[0] ?? null;
  }
}

function isVictim(facts: Facts, { subject }: Entry): boolean {
  if (subject.kind !== 'workload' || !areWorkersFull(facts, subject.workload)) return false;
  return heldByCalls(facts, subject.workload) > MOST || heldByCpu(facts, subject.workload) > MOST;
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
