// One object of the cluster → a typed resource, or the reasons why not; and the order in which Istio takes resources (istio:
// pilot/pkg/model/push_context.go, sortConfigByCreationTime in pilot/pkg/model/config.go).

import { groupOf } from './api-group.js';
import type { Diagnostic, FidelityEntry } from './diagnostic.js';
import type { PlainMap, RawDocument } from './document.js';
import type { KindDefinition } from './kinds/kind.js';
import { looseMetadata, type Metadata, readMetadata, readName } from './kinds/metadata.js';
import { Findings, INVALID, type Invalid, Place } from './place.js';
import { type AnyKind, findKind, versionsBeside } from './registry.js';
import type { FieldPath, Resource, ResourceSource } from './resource.js';
import { meaningOfUnmodelled, successorOfRemoved } from './unmodelled-kinds.js';
import { writtenField } from './written-field.js';

/** An object as it was found: its value, and where it stands. */
export interface FoundObject {
  readonly document: RawDocument;
  readonly prefix: FieldPath;
  readonly value: PlainMap;
  readonly apiVersion: string;
  readonly kind: string;
}

interface Kept {
  readonly resource: Resource<string, unknown>;
  readonly found: FoundObject;
}

export class ObjectReader {
  readonly other: Resource<string, null>[] = [];
  readonly rejected: Resource<string, null>[] = [];
  private readonly kept = new Map<AnyKind, Map<string, Kept>>();

  /** What is approximated or left out is added to `fidelity`. */
  constructor(
    private readonly strict: boolean,
    private readonly fidelity: FidelityEntry[],
  ) {}

  /** Returns what is wrong with the object; an error means that it is not kept. */
  read(found: FoundObject): readonly Diagnostic[] {
    const definition = findKind(found.apiVersion, found.kind);
    return definition === null ? this.leaveOut(found) : this.readKnown(found, definition);
  }

  private readKnown(found: FoundObject, definition: AnyKind): readonly Diagnostic[] {
    const loose = looseMetadata(found.value);
    const findings = this.findings(found, displayName(found.kind, loose, definition.namespaced));
    const place = Place.root(findings);
    const metadata = metadataOf(found.value, definition, place);
    const known = metadata === INVALID ? loose : metadata;
    const context = { ...known, namespace: namespaceOf(known, definition.namespaced) };
    const spec = definition.read(found.value, context, place);
    if (metadata === INVALID || spec === INVALID || findings.failed) {
      this.reject(found, context, findings);
      return findings.diagnostics;
    }
    this.fidelity.push(...findings.fidelity);
    return [...findings.diagnostics, ...this.keep(found, definition, this.resource(found, context, spec))];
  }

  private keep(found: FoundObject, definition: AnyKind, resource: Resource<string, unknown>): readonly Diagnostic[] {
    const byName = this.kept.get(definition) ?? new Map<string, Kept>();
    this.kept.set(definition, byName);
    const identity = JSON.stringify([groupOf(found.apiVersion), resource.namespace, resource.name]);
    const earlier = byName.get(identity);
    byName.set(identity, { resource, found });
    if (earlier === undefined) return [];
    const first = earlier.resource.source.at([]);
    const isCopy = JSON.stringify(earlier.found.value) === JSON.stringify(found.value);
    const name = displayName(found.kind, resource, definition.namespaced);
    const place = `${first.file}:${first.line}`;
    const other =
      resource.name === ''
        ? `${found.kind} without a name: another one is in ${place}, and only the later one is read here`
        : `${name} is also in ${place}; the later one counts`;
    return [
      {
        code: 'duplicate-object',
        severity: isCopy ? 'info' : 'warning',
        position: resource.source.at([]),
        message: isCopy ? `${name} is also in ${place}, word for word: it is read once` : other,
        hint: 'load one of the two; for overlays, load what `kustomize build` prints',
      },
    ];
  }

  private reject(found: FoundObject, context: Named, findings: Findings): void {
    this.rejected.push(this.resource(found, context, null));
    const meaning = 'the cluster would refuse it: it is left out, and the mesh is simulated without it';
    this.listWhole(found, findings.resource, meaning);
  }

  private leaveOut(found: FoundObject): readonly Diagnostic[] {
    const loose = looseMetadata(found.value);
    const context = { ...loose, namespace: namespaceOf(loose, true) };
    this.other.push(this.resource(found, context, null));
    const resource = displayName(found.kind, loose, loose.namespace !== null);
    const successor = successorOfRemoved(found.apiVersion);
    const versions = versionsBeside(found.apiVersion, found.kind);
    const place = this.findings(found, resource);
    const at = Place.root(place);
    if (successor !== null)
      at.warn('removed-kind', `Istio no longer has ${found.apiVersion} ${found.kind}`, `use ${successor}`);
    if (versions.length > 0) {
      at.child('apiVersion').complain(
        'unknown-version',
        `${found.kind} has no version ${found.apiVersion}`,
        `use ${versions[0]}`,
      );
    }
    const meaning = successor === null ? meaningOfUnmodelled(found.apiVersion, found.kind) : 'Istio no longer reads it';
    this.listWhole(found, resource, meaning);
    return place.diagnostics;
  }

  private findings(found: FoundObject, resource: string): Findings {
    return new Findings(found.document, found.prefix, resource, this.strict);
  }

  private listWhole(found: FoundObject, resource: string, meaning: string): void {
    const position = found.document.at(found.prefix);
    this.fidelity.push({ status: 'not-modelled', resource, path: '', position, meaning });
  }

  private resource<Spec>(found: FoundObject, context: Named, spec: Spec): Resource<string, Spec> {
    const { name, namespace, labels, annotations, owner, createdAtMs } = context;
    const { namespaced } = findKind(found.apiVersion, found.kind) ?? { namespaced: true };
    const source = sourceOf(found, displayName(found.kind, { name, namespace }, namespaced));
    return {
      kind: found.kind,
      apiVersion: found.apiVersion,
      name,
      namespace,
      labels,
      annotations,
      owner,
      createdAtMs,
      spec,
      source,
    };
  }

  /** What was kept of a kind, in Istio's order. */
  sorted<Kind extends string, Spec>(definition: KindDefinition<Kind, Spec>): readonly Resource<Kind, Spec>[] {
    const kept = [...(this.kept.get(definition)?.values() ?? [])].map(({ resource }) => resource);
    return kept.sort(byCreation) as Resource<Kind, Spec>[];
  }
}

interface Named extends Metadata {
  readonly namespace: string;
}

function sourceOf(found: FoundObject, object: string): ResourceSource {
  const { document, prefix } = found;
  return {
    file: document.file,
    at: (path) => document.at([...prefix, ...path]),
    field: (path) => writtenField(object, document, prefix, path),
  };
}

function namespaceOf(metadata: Metadata, namespaced: boolean): string {
  return namespaced ? (metadata.namespace ?? 'default') : '';
}

/** `VirtualService shop/cart`; without a namespace for kinds that have none. */
function displayName(
  kind: string,
  metadata: { readonly name: string; readonly namespace: string | null },
  namespaced: boolean,
): string {
  const name = metadata.name === '' ? '(no name)' : metadata.name;
  return namespaced ? `${kind} ${metadata.namespace ?? 'default'}/${name}` : `${kind} ${name}`;
}

/**
 * The order is total, because identities differ: the order of documents and the names of files never matter. Objects without a creation time are
 * taken for the newest, made in one second of each other, as `kubectl apply` makes them; their names decide, as Istio lets them decide.
 */
function byCreation(a: Resource, b: Resource): number {
  return (
    (a.createdAtMs ?? Number.MAX_VALUE) - (b.createdAtMs ?? Number.MAX_VALUE) ||
    compare(a.name, b.name) ||
    compare(a.namespace, b.namespace) ||
    compare(groupOf(a.apiVersion), groupOf(b.apiVersion))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function metadataOf(document: PlainMap, { metadata }: AnyKind, place: Place): Metadata | Invalid {
  if (metadata === 'named') return readName(document, place);
  const loose = looseMetadata(document);
  return metadata === 'free' && loose.name === '' ? loose : readMetadata(document, place);
}
