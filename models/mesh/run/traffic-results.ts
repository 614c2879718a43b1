// What the clients' requests came to, and what those that have not ended wait for.
import type { MeshPlan } from '../../plan/contract/plan.js';
import { awaitedBy, type UnderWay } from '../client/awaited.js';
import { causeCounts } from '../recording/ends.js';
import type { Recorder } from '../recording/recorder.js';
import type { TrafficResult } from '../recording/result.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import { trafficRequests } from '../traffic/traffic.js';

export function trafficResults(
  plan: MeshPlan,
  recorder: Recorder,
  underWay: UnderWay & { readonly calls: { taken(): readonly Call[] } },
): TrafficResult[] {
  const waiting: number[][] = recorder.traffic.map(() => []);
  for (const call of underWay.calls.taken()) {
    const { frame, mirror, trafficRequest } = call;
    if (frame === NOTHING && !mirror && trafficRequest !== NOTHING) {
      waiting[trafficRequest].push(awaitedBy(call, underWay));
    }
  }
  return trafficRequests(plan).map((which, i) => {
    const { offered, completed, ends, intendedLatency } = recorder.traffic[i];
    return {
      ...which,
      offered,
      completed,
      ...ends.toData(),
      intendedLatency: intendedLatency.toData(),
      waiting: causeCounts(waiting[i]),
    };
  });
}
