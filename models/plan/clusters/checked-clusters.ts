// What active health checks ask the endpoints of a cluster, and what these do with it: the operation of the application that such a request matches
// (envoy: source/extensions/health_checkers/http/health_checker_impl.cc). Filters of the servers' proxies do not see the checks here.
import type { ClusterPlan } from '../contract/cluster-plan.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { ClusterRef } from './cluster-pool.js';

export class CheckedClusters {
  /** By cluster: the handler of a check at each of its groups. */
  private readonly handlers = new Map<number, readonly number[]>();

  constructor(private readonly plans: readonly ClusterPlan[]) {}

  /** A route leads to a cluster. @param handler finds what a workload does with a request */
  meet(
    { index, groups }: ClusterRef,
    target: Target,
    handler: (workload: Workload, target: Target, group: number) => number,
  ): void {
    const check = this.plans[index]?.healthCheck ?? null;
    if (check === null || check.kind === 'tcp' || this.handlers.has(index)) return;
    const { method, path } = check.asks;
    const { bodyBytes: _body, claims: _claims, ...own } = target.request;
    const request = { ...own, method, path, query: '', headers: [], grpc: check.kind === 'grpc' };
    this.handlers.set(
      index,
      groups.map((workload, group) => handler(workload, { ...target, request }, group)),
    );
  }

  /** The clusters with the handlers of their checks. */
  finished(plans: readonly ClusterPlan[]): readonly ClusterPlan[] {
    return plans.map((plan, index) => {
      const handlers = this.handlers.get(index);
      const { healthCheck } = plan;
      return handlers === undefined || healthCheck === null
        ? plan
        : { ...plan, healthCheck: { ...healthCheck, handlers } };
    });
  }
}
