// How much an application may leak: up to the memory limit of its container, the first one of its pod that is no proxy, from what it has at rest.
import type { LeakPlan } from '../contract/timeline-plan.js';
import type { Workload } from '../registry/workload.js';
import { LINKERD_CONTAINER } from '../settings/linkerd-injection.js';
import { ISTIO_CONTAINER } from '../settings/proxy-limits.js';
import type { TimelineInput } from '../settings/timeline-input.js';
import type { TimelineParts } from './parts.js';

/** The leak with its room at each workload; null, with an error, where a workload has none. @param entry whose leak it is */
export function leakWithRoom(
  leak: LeakPlan,
  workloads: readonly number[],
  entry: Pick<TimelineInput, 'name' | 'at'>,
  { workloads: known, restBytesOf, findings }: TimelineParts,
): LeakPlan | null {
  const leaking = known.all.filter(({ index }) => workloads.includes(index));
  const rooms = leaking.map((workload) => {
    const limitBytes = memoryLimitOf(workload);
    return { workload, limitBytes, bytes: (limitBytes ?? 0) - restBytesOf(workload) };
  });
  const unlimited = rooms.find(({ limitBytes }) => limitBytes === null);
  if (unlimited !== undefined) {
    const problem = `${entry.name}: the container of ${unlimited.workload.name} has no memory limit, so nothing kills the application`;
    findings.error('no-memory-limit', entry.at, problem, 'add resources.limits.memory to its YAML');
    return null;
  }
  const full = rooms.find(({ bytes }) => bytes <= 0);
  if (full !== undefined) {
    const problem = `${entry.name}: ${full.workload.name} has more memory at rest than its limit allows`;
    findings.error('no-memory-limit', entry.at, problem, 'raise resources.limits.memory, or lower `memory.base`');
    return null;
  }
  return { ...leak, roomBytes: rooms.map(({ workload: { index }, bytes }) => ({ workload: index, bytes })) };
}

function memoryLimitOf({ pod }: Workload): number | null {
  const own = pod?.containers.find(({ name }) => name !== ISTIO_CONTAINER && name !== LINKERD_CONTAINER);
  return own?.resources.memoryLimitBytes ?? null;
}
