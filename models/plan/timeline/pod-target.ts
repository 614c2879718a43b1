// Which pods a fault is for: names, labels, versions and places settle to numbers. chaos-mesh: pkg/selector/pod/selector.go (all that is asked for
// holds); how many of them are chosen, and which, is for the run to say.
import type { PodFaultPlan, PodTargetPlan } from '../contract/timeline-plan.js';
import { namedWorkloads } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { PodTargetInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import { selects } from '../terms/visibility.js';
import { indicesOf, type TimelineParts } from './parts.js';
import { localitiesOfRegion, localitiesOfZone } from './places.js';
import { workloadsBehind } from './served.js';

/** null, with an error, where no pod matches. @param entry the name and the place of the entry */
export function podTarget(
  target: PodTargetInput,
  fault: PodFaultPlan,
  entry: { readonly name: string; readonly at: TimelineAt },
  parts: TimelineParts,
): PodTargetPlan | null {
  const workloads = chosen(target, parts);
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
    findings.error(
      'no-pod-matches',
      entry.at,
      `${entry.name}: no pod matches`,
      whereTheyAre(workloads, localities !== null, parts),
    );
    return null;
  }
  return { workloads: indicesOf(workloads), localities, ordinals, pods: target.pods };
}

type TimelineAt = NonNullable<PodTargetInput['workload']>['at'];

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

/** null, with an error, where a name is wrong, or where no workload is left. */
function chosen(target: PodTargetInput, parts: TimelineParts): Workload[] | null {
  const { findings } = parts;
  let left = byName(target, parts);
  if (left === null || left.length === 0) return left;
  const { namespace, labels, version } = target;
  if (namespace !== undefined) {
    const known = left.map((workload) => workload.namespace);
    left = left.filter((workload) => workload.namespace === namespace.name);
    if (left.length === 0) {
      const problem = `no workload that is meant is in a namespace named ${namespace.name}`;
      findings.error('no-pod-matches', namespace.at, problem, suggestion(namespace.name, known));
      return null;
    }
  }
  if (labels !== undefined) {
    const known = left.flatMap((workload) => wordsOf(workload.labels));
    left = left.filter((workload) => workload.pod !== null && selects(labels.labels, workload.labels));
    if (left.length === 0) {
      const words = wordsOf(labels.labels);
      const missing = words.find((word) => !known.includes(word)) ?? words.join(', ');
      findings.error('no-pod-matches', labels.at, `no pod has ${words.join(', ')}`, suggestion(missing, known));
      return null;
    }
  }
  if (version !== undefined) {
    const known = left.flatMap((workload) => (workload.version === '' ? [] : [workload.version]));
    left = left.filter((workload) => workload.version === version.name);
    if (left.length === 0) {
      const problem = `no pod that is meant is of version ${version.name}`;
      findings.error('no-pod-matches', version.at, problem, suggestion(version.name, known));
      return null;
    }
  }
  return left;
}

function byName({ workload, service }: PodTargetInput, parts: TimelineParts): Workload[] | null {
  const { workloads, findings } = parts;
  if (workload === undefined && service === undefined) {
    return workloads.all.filter(({ kind }) => kind === 'app' || kind === 'gateway' || kind === 'waypoint');
  }
  const named = workload === undefined ? null : namedWorkloads(workload, workloads, findings);
  if (named?.length === 0) return null;
  const behind = service === undefined ? null : workloadsBehind(service, parts);
  if (service !== undefined && behind === null) return null;
  if (named === null) return behind;
  if (behind === null) return [...named];
  const both = named.filter((one) => behind.includes(one));
  if (both.length > 0) return both;
  findings.error(
    'no-pod-matches',
    workload!.at,
    `${workload!.name} is not behind ${service!.name}`,
    suggestion(
      workload!.name,
      behind.map((one) => `${one.name}.${one.namespace}`),
    ),
  );
  return null;
}

/** null: anywhere. */
function placesOf({ zone, region }: PodTargetInput, parts: TimelineParts): number[] | null | 'none' {
  if (zone === undefined && region === undefined) return null;
  const inZone = zone === undefined ? null : localitiesOfZone(zone, parts);
  const inRegion = region === undefined ? null : localitiesOfRegion(region, parts);
  if (inZone?.length === 0 || inRegion?.length === 0) return 'none';
  const both = (inZone ?? inRegion)!.filter((index) => inRegion?.includes(index) ?? true);
  if (both.length > 0) return both;
  const problem = `zone ${zone!.name} is not in region ${region!.name}`;
  parts.findings.error('locality-not-found', zone!.at, problem, 'remove one of them');
  return 'none';
}

/** null: any. An ordinal that no workload has is an error. */
function ordinalsOf(
  { ordinals }: PodTargetInput,
  workloads: readonly Workload[],
  { podsOf, findings }: TimelineParts,
): number[] | null | 'none' {
  if (ordinals === undefined) return null;
  const most = Math.max(0, ...workloads.map((workload) => podsOf(workload).length));
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

function whereTheyAre(workloads: readonly Workload[], byPlace: boolean, { podsOf, localities }: TimelineParts): string {
  const places = new Set(workloads.flatMap(podsOf));
  if (places.size === 0)
    return workloads.length === 0 ? 'no workload stands behind the name' : 'these workloads have no pods';
  const names = [...places].map((index) => localities[index]!.zone).sort();
  return byPlace ? `they run in zone ${names.join(', ')}` : 'these pods have other ordinals';
}

function wordsOf(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
