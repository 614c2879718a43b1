// A time-out that acts while a message happens to be on the wire, or in a proxy that is not full, is not the fault of network or proxy: what took the
// time came before. Such an origin is put to what the other time-outs of the same calls waited for.
import { type Cause, readCause } from '../../models/mesh/cause.js';
import type { Facts } from './facts.js';
import { isProxyFull } from './full.js';
import { lossyLink } from './network.js';

/** What the calls with this origin really waited for, as the others say that went the same way; null: what the origin says. */
export function waitedInstead(facts: Facts, number: number, cause: Cause): Cause | null {
  if (!isIncidental(facts, cause)) return null;
  const counts = new Map<number, number>();
  for (const { bad } of facts.rows) {
    if (!bad.has(number)) continue;
    for (const [other, count] of bad) {
      const read = readCause(other);
      if (read.reason.startsWith('waited') && !isIncidental(facts, read))
        counts.set(other, (counts.get(other) ?? 0) + count);
    }
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most === undefined ? null : readCause(most[0]);
}

function isIncidental(facts: Facts, { reason, place }: Cause): boolean {
  if (reason === 'waited for the network') return lossyLink(facts, place) === null;
  return reason === 'waited for a proxy' && !isProxyFull(facts, place);
}
