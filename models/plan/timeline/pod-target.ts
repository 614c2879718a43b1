// Which pods a fault is for: names, labels, versions and places settle to numbers. chaos-mesh: pkg/selector/pod/selector.go (all that is asked for
// holds); how many of them are chosen, and which, is for the run to say.
import type { PodFaultPlan, PodTargetPlan } from '../contract/timeline-plan.js';
import type { Workload } from '../registry/workload.js';
import type { PodTargetInput, TimelineInput } from '../settings/timeline-input.js';
import { indicesOf, type TimelineParts } from './parts.js';
import { workloadsMeant } from './workloads-meant.js';

/** null, with an error, where no pod matches. @param entry whose target it is */
export function podTarget(
  target: PodTargetInput,
  fault: PodFaultPlan,
  entry: Pick<TimelineInput, 'name' | 'at'>,
  parts: TimelineParts,
): PodTargetPlan | null {
  const workloads = workloadsMeant(target, parts);
  const localities = placesOf(target, parts);
  if (workloads === null || localities === 'none') return null;
  const { findings } = parts;
  const wrong = workloads.map((workload) => whyNot(workload, fault)).find((why) => why !== null);
  if (wrong !== undefined && wrong !== null) {
    findings.error('no-pod-matches', entry.at, `${entry.name}: ${wrong.problem}`, wrong.help);
    return null;
  }
  const ordinals = ordinalsOf(target, workloads, parts);
  if (ordinals === 'none') return null;
  if (!workloads.some((workload) => hasPod(parts.podsOf(workload), localities, ordinals))) {
    findings.error('no-pod-matches', entry.at, `${entry.name}: no pod matches`, whereTheyAre(workloads, parts));
    return null;
  }
  return { workloads: indicesOf(workloads), localities, ordinals, pods: target.pods };
}

/** Why a workload cannot have a fault; null: it can. */
function whyNot(
  { kind, name }: Workload,
  fault: PodFaultPlan,
): { readonly problem: string; readonly help: string } | null {
  if (kind === 'ztunnel') {
    const help = 'name the workloads whose connections it carries';
    return { problem: `${name} is a ztunnel, which has no application`, help };
  }
  if (kind !== 'external' || !needsOwner(fault)) return null;
  const help = `take slow, fail, hang or refuse, or \`down: { host: ${name} }\``;
  return { problem: `${name} is outside of the cluster, where nothing does this`, help };
}

/** What an owner in the cluster, a kubelet or a node has a part in. */
function needsOwner({ kind }: PodFaultPlan): boolean {
  switch (kind) {
    case 'kill':
    case 'stop':
    case 'crash':
    case 'steal':
    case 'pause':
      return true;
    case 'hang':
    case 'refuse':
    case 'fail':
    case 'slow':
      return false;
  }
}

/** null: anywhere. */
function placesOf({ zone, region }: PodTargetInput, { places, findings }: TimelineParts): number[] | null | 'none' {
  if (zone === undefined && region === undefined) return null;
  const inZone = zone === undefined ? null : places.ofZone(zone);
  const inRegion = region === undefined ? null : places.ofRegion(region);
  if (inZone?.length === 0 || inRegion?.length === 0) return 'none';
  const both = (inZone ?? inRegion)!.filter((index) => inRegion?.includes(index) ?? true);
  if (both.length > 0) return both;
  const problem = `zone ${zone!.name} is not in region ${region!.name}`;
  findings.error('locality-not-found', zone!.at, problem, 'remove one of them');
  return 'none';
}

/** null: any. An ordinal that no workload has is an error. */
function ordinalsOf(
  { ordinals }: PodTargetInput,
  workloads: readonly Workload[],
  { podsOf, findings }: TimelineParts,
): number[] | null | 'none' {
  if (ordinals === undefined) return null;
  const most = workloads.reduce((length, workload) => Math.max(length, podsOf(workload).length), 0);
  const beyond = ordinals.filter(({ ordinal }) => ordinal >= most);
  for (const { ordinal, at } of beyond) {
    const have =
      most === 0 ? 'there are no pods' : most === 1 ? 'there is only pod 0' : `there are pods 0 to ${most - 1}`;
    findings.error('no-pod-matches', at, `there is no pod ${ordinal}`, have);
  }
  if (beyond.length > 0) return 'none';
  return [...new Set(ordinals.map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
}

function hasPod(
  pods: readonly number[],
  localities: readonly number[] | null,
  ordinals: readonly number[] | null,
): boolean {
  return pods.some(
    (locality, ordinal) => (localities?.includes(locality) ?? true) && (ordinals?.includes(ordinal) ?? true),
  );
}

function whereTheyAre(workloads: readonly Workload[], { places }: TimelineParts): string {
  if (workloads.length === 0) return 'no workload stands behind the name';
  const zones = places.zonesOf(workloads);
  return zones.length === 0 ? 'these workloads have no pods' : `they run in zone ${zones.join(', ')}`;
}
