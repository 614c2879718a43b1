// Active health checks as most tests have them.
import type { HealthCheckPlan } from '../../models/plan/contract/plan.js';
import { S } from './plans.js';

/** A check every second, whatever the host is like. @param handlers what it meets at each group of endpoints */
export function checkEverySecond(kind: HealthCheckPlan['kind'], handlers: readonly number[]): HealthCheckPlan {
  return {
    kind,
    asks: { method: 'GET', path: '/' },
    timeoutNs: S,
    intervalNs: S,
    intervalJitterNs: 0,
    intervalJitterPercent: 0,
    noTrafficIntervalNs: S,
    noTrafficHealthyIntervalNs: S,
    unhealthyIntervalNs: S,
    unhealthyEdgeIntervalNs: S,
    healthyEdgeIntervalNs: S,
    unhealthyThreshold: 2,
    healthyThreshold: 1,
    expectedStatuses: [200],
    retriableStatuses: [],
    reuseConnection: true,
    unejects: true,
    handlers,
  };
}
