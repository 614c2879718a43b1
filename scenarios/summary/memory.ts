// Memory of the pods at their peak: of proxies an estimate from the connections that they held, of applications what the scenario says of them,
// from the requests that they held. Nothing is killed in a run; what would be, is said.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { ReplicationResult, WorkloadResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { WorkSummary } from '../result/run-result.js';

const MIB = 1_048_576;

interface Use {
  readonly bytes: number;
  readonly limitBytes: number | null;
}

/** The fullest proxy of these workloads, by what is left to its limit. */
export function proxyMemory(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  workloads: readonly number[],
): Pick<WorkSummary, 'proxyMemoryBytes' | 'proxyMemoryLimitBytes'> {
  const found = fullest(workloads.map((workload) => ofProxy(plan, results, workload)));
  return { proxyMemoryBytes: found?.bytes ?? null, proxyMemoryLimitBytes: found?.limitBytes ?? null };
}

/** The fullest application of these workloads; nothing where the scenario says nothing of them. */
export function appMemory(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  workloads: readonly number[],
): Pick<WorkSummary, 'appMemoryBytes' | 'appMemoryLimitBytes'> {
  const found = fullest(workloads.map((workload) => ofApp(plan, results, workload)));
  return found === null ? {} : { appMemoryBytes: found.bytes, appMemoryLimitBytes: found.limitBytes };
}

/** Containers that a kernel would have killed. */
export function memoryWarnings(plan: MeshPlan, results: readonly ReplicationResult[]): Diagnostic[] {
  return plan.workloads.flatMap(({ name, namespace, kind }, workload): Diagnostic[] => {
    const who = `${name}.${namespace}`;
    const connections = peak(results, workload, 'peakPodConnections');
    const requests = peak(results, workload, 'peakPodRequests');
    return [
      ...warning(
        'proxy-memory',
        ofProxy(plan, results, workload),
        kind === 'gateway' ? who : `the sidecar of ${who}`,
        `${connections} connections`,
        'raise its memory limit (sidecar.istio.io/proxyMemoryLimit), limit the connections of its callers, or let them share connections (HTTP/2)',
      ),
      ...warning(
        'app-memory',
        ofApp(plan, results, workload),
        who,
        `${requests} requests`,
        'raise resources.limits.memory, bound the requests that a pod holds (workers and queue, connectionPool of a DestinationRule), or add pods',
      ),
    ];
  });
}

function warning(code: string, use: Use | null, who: string, what: string, hint: string): Diagnostic[] {
  if (use === null || use.limitBytes === null || use.bytes <= use.limitBytes) return [];
  const message = `${who} would be OOM-killed: about ${inMib(use.bytes)} MiB with the ${what} of its peak, its limit is ${inMib(use.limitBytes)} MiB`;
  return [{ code, severity: 'warning', position: null, message, hint }];
}

function ofProxy(plan: MeshPlan, results: readonly ReplicationResult[], workload: number): Use | null {
  const memory = plan.workloads[workload].proxy?.memory;
  if (memory === undefined) return null;
  const { baseBytes, configBytes, perConnectionBytes, limitBytes } = memory;
  const bytes = baseBytes + configBytes + perConnectionBytes * peak(results, workload, 'peakPodConnections');
  return { bytes, limitBytes };
}

function ofApp(plan: MeshPlan, results: readonly ReplicationResult[], workload: number): Use | null {
  const { memory } = plan.workloads[workload].app;
  if (memory === undefined) return null;
  const bytes = memory.baseBytes + memory.perRequestBytes * peak(results, workload, 'peakPodRequests');
  return { bytes, limitBytes: memory.limitBytes };
}

function fullest(uses: readonly (Use | null)[]): Use | null {
  let found: Use | null = null;
  for (const use of uses) if (use !== null && (found === null || isFuller(use, found))) found = use;
  return found;
}

function isFuller(use: Use, other: Use): boolean {
  const share = use.bytes / (use.limitBytes ?? Number.POSITIVE_INFINITY);
  const otherShare = other.bytes / (other.limitBytes ?? Number.POSITIVE_INFINITY);
  return share === otherShare ? use.bytes > other.bytes : share > otherShare;
}

/** Of the fullest pod, in any replication. */
function peak(
  results: readonly ReplicationResult[],
  workload: number,
  of: keyof Pick<WorkloadResult, 'peakPodConnections' | 'peakPodRequests'>,
): number {
  return results.reduce((most, result) => Math.max(most, result.workloads[workload][of]), 0);
}

function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
