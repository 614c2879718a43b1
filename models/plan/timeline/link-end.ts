// The ends of links: workloads by their own name or that of a service, all pods of a zone or a region, or everything outside.
import type { LinkEndPlan } from '../contract/timeline-plan.js';
import { namedWorkloads } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { LinkEndInput } from '../settings/timeline-input.js';
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
  { kind, name, at }: Exclude<LinkEndInput, { readonly kind: 'outside' }>,
  { podsOf, findings }: TimelineParts,
): LinkEndPlan | null {
  if (found.some((workload) => podsOf(workload).length > 0)) return { workloads: indicesOf(found), localities: null };
  findings.error('no-pod-matches', at, `the ${kind} ${name} has no pods`, 'give it replicas, or name another');
  return null;
}

function ofLocalities(found: readonly number[]): LinkEndPlan | null {
  return found.length === 0 ? null : { workloads: null, localities: found };
}
