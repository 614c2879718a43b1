// What stands behind errors that came or went: of all origins of bad answers (models/mesh/cause.ts) the one whose share of the calls has
// changed most. An origin travels back with its answer, so that a client, a gateway and a service that see the same errors agree about it.
import { readCause } from '../../models/mesh/recording/cause.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import type { ErrorCause } from '../result/diff-result.js';
import { refusalOf } from '../result/refusals.js';
import type { FlowPart } from '../tally/flow.js';
import { placeName } from '../tally/places.js';
import { outcomeName } from './readings.js';

/** One flow of calls in one world. */
export interface WorldFlow {
  readonly plan: MeshPlan;
  readonly sources: PlanSources | null;
  readonly parts: readonly FlowPart[];
}

/** What most of the errors come from that the second flow has and the first has not; null: it has no more of any. */
export function causeOfMore(less: WorldFlow, more: WorldFlow): ErrorCause | null {
  const cause = mostGrown(causeShares(less), causeShares(more));
  if (cause === null) return null;
  const outcome = mostGrown(outcomeShares(less), outcomeShares(more));
  return { ...cause, outcome: outcome ?? '' };
}

/** Errors of the same origin, whatever they end as. */
export function causeKey({ reason, place }: Pick<ErrorCause, 'reason' | 'place'>): string {
  return JSON.stringify([reason, place]);
}

interface Share<T> {
  readonly what: T;
  share: number;
}

function mostGrown<T>(before: ReadonlyMap<string, Share<T>>, after: ReadonlyMap<string, Share<T>>): T | null {
  let most = 0;
  let found: T | null = null;
  for (const [key, { what, share }] of after) {
    const growth = share - (before.get(key)?.share ?? 0);
    if (growth <= most) continue;
    most = growth;
    found = what;
  }
  return found;
}

type Origin = Omit<ErrorCause, 'outcome'>;

function causeShares({ plan, sources, parts }: WorldFlow): Map<string, Share<Origin>> {
  const shares = new Map<string, Share<Origin>>();
  const calls = callsIn(parts);
  for (const { cause, good, count } of parts.flatMap((part) => part.causes)) {
    if (good) continue;
    const { reason, placeKind, place } = readCause(cause);
    // A policy has a filter at each listener: what its writer knows is the policy.
    const source = placeKind === 'filter' ? (sources?.filters[place] ?? null) : null;
    const name = source?.object ?? placeName(plan, cause);
    const what = { reason, place: name, refusal: refusalOf(plan, cause), position: source?.position ?? null };
    addTo(shares, causeKey(what), what, count / calls);
  }
  return shares;
}

function outcomeShares({ parts }: WorldFlow): Map<string, Share<string>> {
  const shares = new Map<string, Share<string>>();
  const calls = callsIn(parts);
  for (const { status, flags, good, count } of parts.flatMap((part) => part.outcomes)) {
    if (good) continue;
    const name = outcomeName(status, flags);
    addTo(shares, name, name, count / calls);
  }
  return shares;
}

function addTo<T>(shares: Map<string, Share<T>>, key: string, what: T, share: number): void {
  const known = shares.get(key);
  if (known === undefined) shares.set(key, { what, share });
  else known.share += share;
}

function callsIn(parts: readonly FlowPart[]): number {
  return parts.reduce((sum, { calls }) => sum + calls, 0);
}
