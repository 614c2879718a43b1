// What a wait is really owed to. Messages and handshakes that wait in a proxy look like waits for the network or for a connection: a proxy that is full is
// what holds them. And a time-out that acts while a message happens to be on the wire, or in a proxy that is not full, is not the fault of either: what
// took the time came before, and the other time-outs of the same calls say what that was.
import { type Cause, readCause } from '../../models/mesh/recording/cause.js';
import { NONE } from '../../models/plan/contract/plan.js';
import type { Facts } from './facts.js';
import { isProxyFull } from './full.js';
import { lossyLink } from './network.js';

/** The cause that stands behind `cause`, which is number `number`; `cause` itself where nothing else does. */
export function behind(facts: Facts, number: number, cause: Cause): Cause {
  const proxy = fullProxy(facts, cause);
  if (proxy !== null) return { reason: 'waited for a proxy', placeKind: 'workload', place: proxy };
  return isIncidental(facts, cause) ? (waitedInstead(facts, number) ?? cause) : cause;
}

/** A moment of a call that is not what made it slow. */
export function isIncidental(facts: Facts, { reason, place }: Cause): boolean {
  if (reason === 'waited for the network') return lossyLink(facts, place) === null;
  return reason === 'waited for a proxy' && !isProxyFull(facts, place);
}

/** What most of the other time-outs on the rows of these calls waited for. */
function waitedInstead(facts: Facts, number: number): Cause | null {
  const counts = new Map<number, number>();
  for (const { bad } of facts.rows) {
    if (!bad.has(number)) continue;
    for (const [other, count] of bad) {
      const read = readCause(other);
      if (!read.reason.startsWith('waited') || isIncidental(facts, read)) continue;
      counts.set(other, (counts.get(other) ?? 0) + count);
    }
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most === undefined ? null : readCause(most[0]);
}

/** The workload with a full proxy on the way of what waits for the network or for a connection; null: there is none. */
function fullProxy(facts: Facts, { reason, place }: Cause): number | null {
  const { plan } = facts;
  const isFull = (workload: number): boolean => workload !== NONE && isProxyFull(facts, workload);
  switch (reason) {
    case 'waited for the network': {
      const callers = facts.sitesOf(place).map((site) => plan.sites[site].caller);
      return [plan.rows[place].workload, ...callers].find(isFull) ?? null;
    }
    case 'waited for a new connection':
    case 'connect failure':
      return plan.clusters[place].groups.map(({ workload }) => workload).find(isFull) ?? null;
    default:
      return null;
  }
}
