// What a proxy refuses, by reason: answers that a policy or a route gives in place of the service. Limits (circuit breakers, full queues) are no
// refusals, nor are failures and injected faults.
import { readCause } from '../../models/mesh/recording/cause.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';

/** In the order of reports. */
export const REFUSAL_REASONS = [
  'authorization',
  'authentication',
  'external authorization',
  'rate limit',
  'overload protection',
  'extension',
  'no route',
  'route answers',
  'connection policy',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a proxy refused what has this origin (models/mesh/cause.ts); null: no proxy refused. */
export function refusalOf(plan: MeshPlan, cause: number): RefusalReason | null {
  const { reason, place } = readCause(cause);
  switch (reason) {
    case 'filter':
      return filterReason(plan, place);
    case 'no route':
    case 'route answers':
      return reason;
    case 'connection refused by policy':
      return 'connection policy';
    default:
      return null;
  }
}

function filterReason(plan: MeshPlan, filter: number): RefusalReason | null {
  const kind = plan.filters?.[filter]?.kind;
  switch (kind) {
    case 'rbac':
      return 'authorization';
    case 'jwt':
      return 'authentication';
    case 'ext-authz':
      return 'external authorization';
    case 'local-rate-limit':
    case 'rate-limit-service':
      return 'rate limit';
    case 'admission-control':
    case 'adaptive-concurrency':
      return 'overload protection';
    case 'wasm':
      return 'extension';
    case 'fault':
    case undefined:
      return null;
  }
}
