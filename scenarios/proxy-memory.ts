// Memory of the proxies: an estimate from the connections that they held at their peak. Nothing is killed in a run; what would be, is said.
import type { Diagnostic } from '../models/config/diagnostic.js';
import type { ReplicationResult } from '../models/mesh/result.js';
import type { MeshPlan } from '../models/plan/plan.js';
import type { WorkSummary } from './run-result.js';

const MIB = 1_048_576;

/** The fullest proxy of these workloads, by what is left to its limit. */
export function proxyMemory(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  workloads: readonly number[],
): Pick<WorkSummary, 'proxyMemoryBytes' | 'proxyMemoryLimitBytes'> {
  let fullest: { bytes: number; limitBytes: number | null } | null = null;
  for (const workload of workloads) {
    const memory = plan.workloads[workload].proxy?.memory;
    if (memory === undefined) continue;
    const { baseBytes, configBytes, perConnectionBytes, limitBytes } = memory;
    const bytes = baseBytes + configBytes + perConnectionBytes * peakConnections(results, workload);
    if (fullest === null || isFuller(bytes, limitBytes, fullest)) fullest = { bytes, limitBytes };
  }
  return { proxyMemoryBytes: fullest?.bytes ?? null, proxyMemoryLimitBytes: fullest?.limitBytes ?? null };
}

/** Proxies that a kernel would have killed. */
export function memoryWarnings(plan: MeshPlan, results: readonly ReplicationResult[]): Diagnostic[] {
  return plan.workloads.flatMap(({ name, namespace, kind }, workload): Diagnostic[] => {
    const { proxyMemoryBytes: bytes, proxyMemoryLimitBytes: limitBytes } = proxyMemory(plan, results, [workload]);
    if (bytes === null || limitBytes === null || bytes <= limitBytes) return [];
    const who = kind === 'gateway' ? `${name}.${namespace}` : `the sidecar of ${name}.${namespace}`;
    const connections = peakConnections(results, workload);
    const message = `${who} would be OOM-killed: about ${inMib(bytes)} MiB with the ${connections} connections of its peak, its limit is ${inMib(limitBytes)} MiB`;
    const hint =
      'raise its memory limit (sidecar.istio.io/proxyMemoryLimit), limit the connections of its callers, or let them share connections (HTTP/2)';
    return [{ code: 'proxy-memory', severity: 'warning', position: null, message, hint }];
  });
}

function isFuller(bytes: number, limit: number | null, other: { bytes: number; limitBytes: number | null }): boolean {
  const share = bytes / (limit ?? Number.POSITIVE_INFINITY);
  const otherShare = other.bytes / (other.limitBytes ?? Number.POSITIVE_INFINITY);
  return share === otherShare ? bytes > other.bytes : share > otherShare;
}

function peakConnections(results: readonly ReplicationResult[], workload: number): number {
  return results.reduce((most, result) => Math.max(most, result.workloads[workload].peakPodConnections), 0);
}

function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
