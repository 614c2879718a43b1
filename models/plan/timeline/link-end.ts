// The ends of links: workloads by their own name or that of a service, all pods of a zone or a region, or everything outside.
import type { LinkEndPlan } from '../contract/timeline-plan.js';
import { namedWorkloads } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { LinkEndInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import { indicesOf, type TimelineParts } from './parts.js';
import { workloadsBehind } from './served.js';

const ANYWHERE: LinkEndPlan = { workloads: null, localities: null };

/** null, with an error, where no pod is meant. @param end null = anywhere */
export function linkEnd(end: LinkEndInput | null, parts: TimelineParts): LinkEndPlan | null {
  if (end === null) return ANYWHERE;
  switch (end.kind) {
    case 'workload': {
      const found = namedWorkloads(end, parts.workloads, parts.findings);
      return found.length === 0 ? null : ofWorkloads(found, end, parts);
    }
    case 'service': {
      const found = workloadsBehind(end, parts);
      return found === null ? null : ofWorkloads(found, end, parts);
    }
    case 'namespace': {
      const found = parts.workloads.all.filter(({ namespace, kind }) => namespace === end.name && kind !== 'client');
      if (found.length > 0) return ofWorkloads(found, end, parts);
      const names = [...new Set(parts.workloads.all.map(({ namespace }) => namespace))];
      parts.findings.error(
        'no-pod-matches',
        end.at,
        `no pod runs in a namespace named ${end.name}`,
        suggestion(end.name, names),
      );
      return null;
    }
    case 'pod':
      return ofPod(end, parts);
    case 'zone':
      return ofLocalities(parts.places.ofZone(end));
    case 'region':
      return ofLocalities(parts.places.ofRegion(end));
    case 'outside': {
      const found = parts.workloads.all.filter(({ kind }) => kind === 'client' || kind === 'external');
      if (found.length > 0) return { workloads: indicesOf(found), localities: null };
      const problem = 'nothing is outside: all traffic comes from the mesh, and no host outside is known';
      parts.findings.error('no-pod-matches', end.at, problem, 'name workloads, services, zones or regions');
      return null;
    }
  }
}

function ofWorkloads(
  found: readonly Workload[],
  { kind, name, at }: Exclude<LinkEndInput, { readonly kind: 'outside' | 'pod' }>,
  { podsOf, findings }: TimelineParts,
): LinkEndPlan | null {
  if (found.some((workload) => podsOf(workload).length > 0)) return { workloads: indicesOf(found), localities: null };
  findings.error('no-pod-matches', at, `the ${kind} ${name} has no pods`, 'give it replicas, or name another');
  return null;
}

function ofPod(end: Extract<LinkEndInput, { readonly kind: 'pod' }>, parts: TimelineParts): LinkEndPlan | null {
  const found = namedWorkloads(end, parts.workloads, parts.findings);
  if (found.length === 0) return null;
  const most = found.reduce((count, workload) => Math.max(count, parts.podsOf(workload).length), 0);
  if (end.ordinal < most) return { workloads: indicesOf(found), localities: null, ordinals: [end.ordinal] };
  const have =
    most === 0 ? 'there are no pods' : most === 1 ? 'there is only pod 0' : `there are pods 0 to ${most - 1}`;
  parts.findings.error('no-pod-matches', end.at, `${end.name} has no pod ${end.ordinal}`, have);
  return null;
}

function ofLocalities(found: readonly number[]): LinkEndPlan | null {
  return found.length === 0 ? null : { workloads: null, localities: found };
}
