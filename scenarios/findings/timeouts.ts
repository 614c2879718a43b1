// Which of several time-outs acted on the calls of a finding, most often first.
import { TIMEOUT } from '../../models/mesh/recording/cause.js';
import { formatDurationMs } from '../../sim/statistics/number-words.js';
import type { Facts } from './facts.js';
import type { Entry } from './ledger.js';

const NS_PER_MS = 1e6;
/** More are not told. */
const TOLD_MAX = 2;

export interface ActedTimeout {
  /** One of TIMEOUT. */
  readonly kind: number;
  readonly row: number;
  /** Where the route says so; null where nothing of the route is known. */
  readonly site: number | null;
  readonly count: number;
  /** `the route's time-out of 3 s (web -> bank)` */
  readonly words: string;
}

/** Time-outs on rows that bad answers of these origins have gone through. Versions of a caller are one, and so are kinds of requests. */
export function actedTimeouts(facts: Facts, { causes }: Entry): ActedTimeout[] {
  const found = new Map<string, ActedTimeout>();
  for (const [row, { timeouts, bad }] of facts.rows.entries()) {
    if (![...bad.keys()].some((cause) => causes.has(cause))) continue;
    const site = facts.sitesOf(row)[0] ?? null;
    for (const [kind, count] of timeouts.entries()) {
      if (count === 0) continue;
      const words = timeoutWords(facts, kind, row, site);
      const same = found.get(words) ?? { kind, row, site, count: 0, words };
      found.set(words, { ...same, count: same.count + count });
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.row - b.row).slice(0, TOLD_MAX);
}

function timeoutWords(facts: Facts, kind: number, row: number, site: number | null): string {
  const edge = facts.edgeName(row);
  const route = site === null ? null : facts.plan.sites[site].route;
  const of = (ns: number): string => (ns > 0 ? ` of ${formatDurationMs(ns / NS_PER_MS)}` : '');
  switch (kind) {
    case TIMEOUT.route:
      return `the route's time-out${of(route?.timeoutNs ?? 0)} (${edge})`;
    case TIMEOUT.oneTry:
      return `the time-out of one try${of(route?.retry?.perTryTimeoutNs ?? 0)} (${edge})`;
    case TIMEOUT.stream:
      return `the longest duration of a stream${of(route?.maxStreamDurationNs ?? 0)} (${edge})`;
    default:
      return `the caller's own time-out${of(callerTimeoutNs(facts, row))} (${edge})`;
  }
}

/** Of the client whose requests these are; 0 where it is an application's. */
function callerTimeoutNs({ plan }: Facts, row: number): number {
  const { edge, request } = plan.rows[row];
  for (const { requests } of plan.traffic) {
    for (const { site, timeoutNs } of requests) {
      if (plan.sites[site].edge === edge && plan.sites[site].request === request) return timeoutNs;
    }
  }
  return 0;
}
