// What became of the requests of the traffic in two worlds: how many are good, what proxies refuse, and, customer by customer, what was lost and
// what was gained.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { MetricDifference, SuccessChange, SuccessShares } from '../result/diff-result.js';
import { REFUSAL_REASONS, type RefusalReason, refusalOf } from '../result/refusals.js';
import type { FlowPart } from '../tally/flow.js';
import type { ArmRun } from './arm-run.js';
import { pairCustomers } from './customer-pairs.js';
import { causeOfMore } from './error-causes.js';

/** With the base's calls, by which requests are weighed. */
export type WeighedChange = SuccessChange & { readonly calls: number };

/** One per request that both worlds have, in the order of the base. */
export function successChanges(base: ArmRun, candidate: ArmRun, metrics: readonly MetricDifference[]): WeighedChange[] {
  return base.plan.traffic.flatMap((traffic, t) =>
    traffic.requests.flatMap((request, r): WeighedChange[] => {
      const own = base.tally.traffic[t].requests[r].parts;
      const other = partsOf(candidate, traffic.name, request.name);
      if (other === null) return [];
      const errors = metrics.find(
        ({ subject, metric }) =>
          metric === 'errors' &&
          subject.kind === 'request' &&
          subject.traffic === traffic.name &&
          subject.request === request.name,
      );
      const customers = pairCustomers(base, candidate, [{ traffic: traffic.name, request: request.name }]);
      const before = { plan: base.plan, sources: base.sources, parts: own };
      const after = { plan: candidate.plan, sources: candidate.sources, parts: other };
      const isFewer = (errors?.difference?.value ?? 0) < 0;
      return [
        {
          traffic: traffic.name,
          request: request.name,
          base: sharesOf(base.plan, own),
          candidate: sharesOf(candidate.plan, other),
          verdict: errors?.verdict ?? 'inconclusive',
          lost: customers === null ? null : ratio(customers.lost, customers.lost + customers.goodInBoth),
          gained: customers === null ? null : ratio(customers.gained, customers.gained + customers.bad),
          cause: isFewer ? causeOfMore(after, before) : causeOfMore(before, after),
          calls: total(own, ({ calls }) => calls),
        },
      ];
    }),
  );
}

function partsOf({ plan, tally }: ArmRun, traffic: string, request: string): readonly FlowPart[] | null {
  const t = plan.traffic.findIndex(({ name }) => name === traffic);
  const r = t < 0 ? -1 : plan.traffic[t].requests.findIndex(({ name }) => name === request);
  return r < 0 ? null : tally.traffic[t].requests[r].parts;
}

function sharesOf(plan: MeshPlan, parts: readonly FlowPart[]): SuccessShares {
  const calls = total(parts, (part) => part.calls);
  const counts = new Map<RefusalReason, number>();
  for (const { cause, count } of parts.flatMap((part) => part.causes)) {
    const reason = refusalOf(plan, cause);
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return {
    good: ratio(
      total(parts, (part) => part.good),
      calls,
    ),
    refused: ratio(
      total(parts, (part) => part.refused),
      calls,
    ),
    refusals: REFUSAL_REASONS.flatMap((reason) => {
      const count = counts.get(reason) ?? 0;
      return count === 0 ? [] : [{ reason, share: count / calls }];
    }),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function total(parts: readonly FlowPart[], of: (part: FlowPart) => number): number {
  return parts.reduce((sum, part) => sum + of(part), 0);
}
