// What a comparison comes to. Success comes first: where clients lose half of their good answers, that is an outage, whatever their latency
// says; where they get them back, it is the end of one.

import type { Headline, HeadlineKind, SuccessHeadline } from '../result/diff-result.js';
import type { Verdict } from '../result/run-result.js';
import { causeKey } from './error-causes.js';
import type { WeighedChange } from './success.js';

/** Share of the good answers that an outage leaves at most. */
const LEFT_BY_OUTAGE = 0.5;

export function headlineOf(isSamePlan: boolean, gate: Verdict, success: readonly WeighedChange[]): Headline {
  if (isSamePlan) return { kind: 'same', success: null };
  return { kind: kindOf(gate, success), success: successHeadline(success) };
}

function kindOf(gate: Verdict, success: readonly WeighedChange[]): HeadlineKind {
  switch (gate) {
    case 'fail':
      return success.some((own) => own.verdict === 'worse' && isOutage(own.base.good, own.candidate.good))
        ? 'outage'
        : 'regression';
    case 'inconclusive':
      return 'inconclusive';
    case 'pass':
      return success.some((own) => own.verdict === 'better' && isOutage(own.candidate.good, own.base.good))
        ? 'recovery'
        : 'no-regression';
  }
}

function isOutage(before: number | null, after: number | null): boolean {
  return (after ?? 0) <= LEFT_BY_OUTAGE * (before ?? 0);
}

/** Losses come before gains; requests that lose for one reason are told of together. */
function successHeadline(success: readonly WeighedChange[]): SuccessHeadline | null {
  const lost = success.filter(({ verdict }) => verdict === 'worse');
  const direction = lost.length > 0 ? 'lost' : 'gained';
  const moved = lost.length > 0 ? lost : success.filter(({ verdict }) => verdict === 'better');
  const groups = new Map<string, WeighedChange[]>();
  for (const change of moved) {
    const key = change.cause === null ? '' : causeKey(change.cause);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [change]);
    else known.push(change);
  }
  let best: SuccessHeadline | null = null;
  let most = -1;
  for (const group of groups.values()) {
    const weights = group.map((change) => weightOf(change, direction));
    const moves = group.map((change, i) => weights[i] * shareOf(change, direction));
    const [all, sum] = [weights, moves].map((list) => list.reduce((a, b) => a + b, 0));
    if (sum <= most) continue;
    most = sum;
    best = {
      direction,
      share: all === 0 ? 0 : sum / all,
      requests: group.length === success.length ? [] : group.map(nameOf),
      cause: group[0].cause,
    };
  }
  return best;
}

function nameOf({ traffic, request }: WeighedChange): string {
  return traffic === request ? request : `${traffic}.${request}`;
}

/** Requests of the base that were good (bad): those of which something can be lost (gained). */
function weightOf({ base, calls }: WeighedChange, direction: SuccessHeadline['direction']): number {
  const good = base.good ?? 0;
  return calls * (direction === 'lost' ? good : 1 - good);
}

/** Customer by customer where they were followed, else from the shares. */
function shareOf(change: WeighedChange, direction: SuccessHeadline['direction']): number {
  const before = change.base.good ?? 0;
  const after = change.candidate.good ?? 0;
  if (direction === 'lost') return change.lost ?? (before === 0 ? 0 : Math.max(0, 1 - after / before));
  return change.gained ?? (before === 1 ? 0 : Math.max(0, (after - before) / (1 - before)));
}
