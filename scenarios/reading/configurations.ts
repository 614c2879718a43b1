// `apply` and `delete` of a timeline: which YAML the cluster has when. Each entry lays its documents over what is there, or takes objects away, as long
// as the entry holds; where an entry ends, its part of the configuration is undone.
import type { RawDocument } from '../../models/config/document.js';
import { identityKey, identityOf, type ObjectIdentity } from '../../models/config/identity.js';
import {
  type ConfigurationLayer,
  type LoadOptions,
  loadLayers,
  objectsIn,
  type ResourceSet,
} from '../../models/config/load.js';
import type { FieldPath } from '../../models/config/resource.js';
import type { ConfigurationChange } from '../../models/plan/contract/configurations.js';
import type { ConfigurationsInput } from '../../models/plan/settings/input.js';
import type { TimelineInput } from '../../models/plan/settings/timeline-input.js';
import { suggestion } from '../../models/plan/terms/nearest.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import type { ActionReading } from './pod-faults.js';
import { listOf, type ScenarioReader } from './reader.js';

/** The YAML of a mesh before the run, and the files that the timeline names. */
export interface ConfigurationFiles {
  readonly base: readonly RawDocument[];
  /** By path, as the scenario writes the path. */
  readonly named: ReadonlyMap<string, readonly RawDocument[]>;
  readonly options: LoadOptions;
}

/** More versions are a mistake: each is a whole mesh. */
const MOST_VERSIONS = 100;

/** The YAML that a scenario names, for `apply`; null: nobody has read the files. */
export function readApply(paths: ScenarioAction<'apply'>, files: ConfigurationFiles | null): ActionReading {
  const written = listOf(paths);
  const documents = written.flatMap((path) => files?.named.get(path) ?? []);
  return {
    sentence: `apply ${written.join(', ')}`,
    action: { kind: 'configuration', layer: { kind: 'apply', documents } },
  };
}

/** @param path of the word */
export function readDelete(
  reader: ScenarioReader,
  path: FieldPath,
  deleted: ScenarioAction<'delete'>,
  files: ConfigurationFiles | null,
): ActionReading {
  const entries = Array.isArray(deleted) ? deleted : [deleted];
  const objects = entries.flatMap((entry, i) => {
    const at = Array.isArray(deleted) ? [...path, i] : path;
    return typeof entry === 'string' ? objectsIn(files?.named.get(entry) ?? []) : objectNamed(reader, at, entry, files);
  });
  const words = entries.map((entry) => (typeof entry === 'string' ? entry : `${entry.kind} ${entry.name}`));
  return {
    sentence: `delete ${words.join(', ')}`,
    action: { kind: 'configuration', layer: { kind: 'delete', objects } },
  };
}

type NamedObject = Exclude<Extract<ScenarioAction<'delete'>, { kind: string }>, string>;

function objectNamed(
  reader: ScenarioReader,
  path: FieldPath,
  { kind, name, namespace }: NamedObject,
  files: ConfigurationFiles | null,
): readonly ObjectIdentity[] {
  if (files === null) return [];
  const known = objectsIn([...files.base, ...[...files.named.values()].flat()]);
  const ofName = known.filter(
    (one) => one.kind === kind && one.name === name && (namespace === undefined || one.namespace === namespace),
  );
  if (ofName.length === 0) {
    const words = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    const others = known.filter((one) => one.kind === kind).map((one) => one.name);
    const hint =
      others.length > 0 ? suggestion(name, others) : suggestion(kind, [...new Set(known.map((one) => one.kind))]);
    reader.findings.error('object-not-found', reader.at(path), `there is no ${words} to delete`, hint);
  }
  return ofName;
}

interface Occurrence {
  readonly entry: number;
  readonly beginNs: number;
  readonly endNs: number;
  readonly layer: ConfigurationLayer;
}

/** The versions of the configuration that a timeline makes; undefined: it makes none. */
export function configurationsOf(
  reader: ScenarioReader,
  timeline: readonly TimelineInput[],
  resources: ResourceSet,
  files: ConfigurationFiles | null,
): ConfigurationsInput | undefined {
  if (files === null) return undefined;
  const occurrences = timeline.flatMap(({ action, startsNs, durationNs }, entry): Occurrence[] => {
    if (action.kind !== 'configuration') return [];
    const { layer } = action;
    return (startsNs ?? []).map((beginNs) => ({
      entry,
      beginNs,
      endNs: durationNs === null ? Number.POSITIVE_INFINITY : beginNs + durationNs,
      layer,
    }));
  });
  if (occurrences.length === 0) return undefined;
  const versions = new Versions(resources, files);
  const changes: ConfigurationChange[] = [];
  const idle = new Set<number>();
  let now = 0;
  for (const atNs of momentsOf(occurrences)) {
    const active = occurrences
      .filter(({ beginNs, endNs }) => beginNs <= atNs && atNs < endNs)
      .sort((a, b) => a.beginNs - b.beginNs || a.entry - b.entry);
    const version = versions.of(active);
    if (version === now) continue;
    const kinds = versions.kindsBetween(now, version);
    now = version;
    if (kinds.length > 0) changes.push({ atNs, version, kinds });
    else for (const { entry, beginNs, layer } of active) if (beginNs === atNs && !isEmpty(layer)) idle.add(entry);
  }
  for (const entry of reader.findings.failed ? [] : idle) {
    const { name, at } = timeline[entry]!;
    const problem = `${name} changes nothing: the cluster has the same objects before and after`;
    reader.findings.warning('changes-nothing', at, problem, 'check the file, and whether the mesh has it already');
  }
  if (versions.later.length > MOST_VERSIONS) {
    const problem = `makes ${versions.later.length} different configurations; at most ${MOST_VERSIONS} can be run`;
    reader.wrong(['spec', 'timeline'], problem, 'apply fewer files, or fewer of them at a time');
  }
  return { later: versions.later, changes };
}

/** What is missing has been said. */
function isEmpty(layer: ConfigurationLayer): boolean {
  return (layer.kind === 'apply' ? layer.documents : layer.objects).length === 0;
}

function momentsOf(occurrences: readonly Occurrence[]): readonly number[] {
  const moments = occurrences.flatMap(({ beginNs, endNs }) => (Number.isFinite(endNs) ? [beginNs, endNs] : [beginNs]));
  return [...new Set(moments)].sort((a, b) => a - b);
}

class Versions {
  readonly later: ResourceSet[] = [];
  private readonly known = new Map<string, number>([['', 0]]);

  constructor(
    private readonly first: ResourceSet,
    private readonly files: ConfigurationFiles,
  ) {}

  of(active: readonly Occurrence[]): number {
    const key = active.map(({ entry }) => entry).join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const layers = active.map(({ layer }) => layer);
    const version = this.later.push(loadLayers(this.files.base, layers, this.files.options));
    this.known.set(key, version);
    return version;
  }

  /** Kinds of the objects that differ. */
  kindsBetween(from: number, to: number): readonly string[] {
    const before = objectsOf(this.resources(from));
    const after = objectsOf(this.resources(to));
    const kinds = new Set<string>();
    for (const [key, { kind }] of [...before, ...after]) {
      if (before.get(key)?.text !== after.get(key)?.text) kinds.add(kind);
    }
    return [...kinds].sort();
  }

  private resources(version: number): ResourceSet {
    return version === 0 ? this.first : this.later[version - 1]!;
  }
}

function objectsOf({ objects }: ResourceSet): ReadonlyMap<string, { readonly kind: string; readonly text: string }> {
  return new Map(
    objects.map(({ value, apiVersion, kind }) => [
      identityKey(identityOf(value, apiVersion, kind)),
      { kind, text: JSON.stringify(value) },
    ]),
  );
}
