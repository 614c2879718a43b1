// Which workloads the pods of a fault are of: all that is asked for holds.
import type { SourcePosition } from '../../config/diagnostic.js';
import { namedWorkloads } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { Named, PodTargetInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import { selects } from '../terms/visibility.js';
import type { TimelineParts } from './parts.js';
import { workloadsBehind } from './served.js';

/** Something that workloads are asked for beside their name. */
interface Wish {
  readonly at: SourcePosition;
  readonly holds: (workload: Workload) => boolean;
  /** Where no workload is left. */
  readonly problem: string;
  /** The word that nobody has, and those that somebody has. */
  readonly missing: (known: readonly string[]) => string;
  readonly wordsOf: (workload: Workload) => readonly string[];
}

/**
 * null, with an error at its place, where a name or a wish means nothing. Without a name: the workloads of the mesh, gateways and waypoints among
 * them. Empty: nobody stands behind a service.
 */
export function workloadsMeant(target: PodTargetInput, parts: TimelineParts): readonly Workload[] | null {
  const named = byName(target, parts);
  if (named === null || named.length === 0) return named;
  let left = named;
  for (const { at, holds, problem, missing, wordsOf } of wishesOf(target)) {
    const before: readonly Workload[] = left;
    left = before.filter(holds);
    if (left.length > 0) continue;
    const known = before.flatMap(wordsOf);
    parts.findings.error('no-pod-matches', at, problem, suggestion(missing(known), known));
    return null;
  }
  return left;
}

function byName(target: PodTargetInput, parts: TimelineParts): readonly Workload[] | null {
  const { workloads, registry, findings } = parts;
  const { namespace } = target;
  const workload = within(target.workload, namespace, (name) => workloads.named(name).length > 0);
  const service = within(target.service, namespace, (name) => registry.named(name).length > 0);
  if (workload === undefined && service === undefined) {
    return workloads.all.filter(({ kind }) => kind === 'app' || kind === 'gateway' || kind === 'waypoint');
  }
  const named = workload === undefined ? null : namedWorkloads(workload, workloads, findings);
  if (named?.length === 0) return null;
  if (service === undefined) return named;
  const behind = workloadsBehind(service, parts);
  if (workload === undefined || named === null || behind === null) return behind;
  const both = named.filter((one) => behind.includes(one));
  if (both.length > 0) return both;
  const known = behind.map((one) => `${one.name}.${one.namespace}`);
  const problem = `${workload.name} is not behind ${service.name}`;
  findings.error('no-pod-matches', workload.at, problem, suggestion(workload.name, known));
  return null;
}

/** A name in a namespace, where there is such a thing; else the name as it is written. */
function within(
  named: Named | undefined,
  namespace: Named | undefined,
  isThere: (name: string) => boolean,
): Named | undefined {
  if (named === undefined || namespace === undefined) return named;
  const name = `${named.name}.${namespace.name}`;
  return isThere(name) ? { ...named, name } : named;
}

function wishesOf({ namespace, labels, version }: PodTargetInput): Wish[] {
  const wishes: Wish[] = [];
  if (namespace !== undefined) {
    wishes.push({
      at: namespace.at,
      holds: (workload) => workload.namespace === namespace.name,
      problem: `no workload that is meant is in a namespace named ${namespace.name}`,
      missing: () => namespace.name,
      wordsOf: (workload) => [workload.namespace],
    });
  }
  if (labels !== undefined) {
    const words = wordsOfLabels(labels.labels);
    wishes.push({
      at: labels.at,
      holds: (workload) => workload.pod !== null && selects(labels.labels, workload.labels),
      problem: `no pod has ${words.join(', ')}`,
      missing: (known) => words.find((word) => !known.includes(word)) ?? words.join(', '),
      wordsOf: (workload) => wordsOfLabels(workload.labels),
    });
  }
  if (version !== undefined) {
    wishes.push({
      at: version.at,
      holds: (workload) => workload.version === version.name,
      problem: `no pod that is meant is of version ${version.name}`,
      missing: () => version.name,
      wordsOf: (workload) => (workload.version === '' ? [] : [workload.version]),
    });
  }
  return wishes;
}

function wordsOfLabels(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
