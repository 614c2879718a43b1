// What is asked of the controllers of workloads: which ones a name means, and whether they take such orders.
import type { RolloutActionPlan } from '../contract/timeline-plan.js';
import { namedWorkloads } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { RolloutInput } from '../settings/timeline-input.js';
import { indicesOf, type TimelineParts } from './parts.js';

/** null, with an error, where no controller does this. */
export function rolloutPlan(action: RolloutInput, parts: TimelineParts): RolloutActionPlan | null {
  const { workload: given } = action;
  const found = namedWorkloads(given, parts.workloads, parts.findings);
  if (found.length === 0) return null;
  const problem = found.map((workload) => whyNot(workload, action.kind)).find((why) => why !== null);
  if (problem !== undefined && problem !== null) {
    parts.findings.error('no-pod-matches', given.at, problem, 'name a Deployment or a StatefulSet');
    return null;
  }
  const workloads = indicesOf(found);
  return action.kind === 'restart'
    ? { kind: 'restart', workloads }
    : { kind: 'scale', workloads, replicas: action.replicas };
}

/** kubectl: pkg/polymorphichelpers/objectrestarter.go; scale is of what has a scale subresource. */
function whyNot({ kind, resource, name }: Workload, asked: RolloutActionPlan['kind']): string | null {
  if (kind === 'external' || kind === 'client') return `${name} is outside of the cluster, where nothing does this`;
  const [object] = resource.split(' ');
  if (object === 'Pod')
    return `${resource} has no controller: nothing ${asked === 'restart' ? 'restarts' : 'scales'} it`;
  if (asked === 'restart' && (object === 'ReplicaSet' || object === 'ReplicationController'))
    return `kubectl restarts no ${object}: ${resource} keeps its pods as they are`;
  if (asked === 'scale' && object === 'DaemonSet') return `${resource} has one pod on each node: nothing scales it`;
  return null;
}
