// The HTTP filters that a request meets, in the order of the run (models/mesh/filters/build-filters.ts): up to the one that answers for certain, if any
// does, whatever the route behind them would do.

import { decisionText } from '../contract/decision.js';
import { decisionOf, type FaultPlan, type FilterPlan, ROUTE_FAULT } from '../contract/filter-plan.js';
import type { MeshPlan } from '../contract/plan.js';
import type { Answer, FilterView, PossibleAnswer } from './explanation.js';

export interface FilterWalk {
  /** Those that it meets; the fault of the route is told with the route. */
  readonly filters: readonly FilterView[];
  /** Of the filter that answers every request that comes so far; null: none does. */
  readonly answer: Answer | null;
  /** Of those before it, that answer some. */
  readonly possible: readonly PossibleAnswer[];
  /** Flags that every request carries on. */
  readonly marks: readonly string[];
}

/** What a filter does: it answers a share of the requests (null: the run says which), or it lets all pass. */
interface Effect {
  readonly share: number | null;
  readonly status: number;
  readonly flag: string;
  readonly why: string;
}

/**
 * @param fault of the route
 * @param seen the status in which the client sees an answer of this proxy with this flag
 */
export function walkFilters(
  given: readonly number[],
  fault: FaultPlan | null,
  plan: MeshPlan,
  seen: (status: number, flag: string) => number,
): FilterWalk {
  const filters: FilterView[] = [];
  const possible: PossibleAnswer[] = [];
  const marks: string[] = [];
  for (const index of given.includes(ROUTE_FAULT) ? given : [ROUTE_FAULT, ...given]) {
    const filter = index === ROUTE_FAULT ? null : plan.filters[index];
    if (filter === undefined) continue;
    const effect = filter === null ? faultEffect(fault, 'the fault of the route') : effectOf(filter);
    const decidedBy = filter === null ? null : decisionOf(filter);
    if (filter !== null) {
      const status = effect.share === 1 ? effect.status : effect.share === 0 ? 0 : null;
      filters.push({ kind: filter.kind, name: filter.name, status, decidedBy });
    }
    if (isDelayed(filter ?? fault)) marks.push('DI');
    if (effect.share === 0) continue;
    const answer: Answer = { status: seen(effect.status, effect.flag), flag: effect.flag, why: effect.why, decidedBy };
    if (effect.share === 1) return { filters, answer, possible, marks };
    possible.push({ ...answer, share: effect.share });
  }
  return { filters, answer: null, possible, marks };
}

function isDelayed(fault: FilterPlan | FaultPlan | null): boolean {
  return fault !== null && 'delayProbability' in fault && fault.delayProbability === 1 && fault.delayNs > 0;
}

const PASSES: Effect = { share: 0, status: 0, flag: '', why: '' };

function faultEffect(fault: FaultPlan | null, what: string): Effect {
  if (fault === null) return PASSES;
  return { share: fault.abortProbability, status: fault.abortStatus, flag: 'FI', why: `${what} aborts it` };
}

/** Flags as in models/mesh/filters/build-filters.ts. */
function effectOf(filter: FilterPlan): Effect {
  switch (filter.kind) {
    case 'rbac':
    case 'jwt':
    case 'wasm': {
      const decision = decisionOf(filter);
      const why = decision === null ? `${filter.kind} refuses it` : decisionText(decision);
      return filter.status === 0 ? PASSES : { share: 1, status: filter.status, flag: '', why };
    }
    case 'fault': {
      const effect = faultEffect(filter, `the fault ${filter.name}`);
      return effect.share === 1 && filter.maxActive === 0 ? PASSES : effect;
    }
    case 'local-rate-limit':
      return { share: null, status: filter.status, flag: 'RL', why: `over the limit of ${filter.name}` };
    case 'rate-limit-service':
      if (filter.limits.length === 0) return PASSES;
      return { share: null, status: 429, flag: 'RL', why: `over a limit of ${filter.name}` };
    case 'admission-control':
    case 'adaptive-concurrency':
      return { share: null, status: 503, flag: '', why: `${filter.name} lets no more in` };
    case 'ext-authz':
      return {
        share: filter.denyProbability,
        status: filter.denyStatus,
        flag: 'UAEX',
        why: `${filter.name} denies it`,
      };
  }
}
