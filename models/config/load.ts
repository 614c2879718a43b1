// Named texts → typed resources: the cluster as its YAML describes it, in the order in which Istio takes its objects.
import type { Changes } from './change.js';
import type { Diagnostic, FidelityEntry } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from './document.js';
import { describeForeign } from './foreign.js';
import { identityKey, identityOf, type ObjectIdentity } from './identity.js';
import type { DestinationRuleSpec, RuleKind } from './kinds/destination-rule.js';
import type { KindDefinition } from './kinds/kind.js';
import type { RoutingKind, VirtualServiceSpec } from './kinds/virtual-service.js';
import { asWarnings, leftOutWarning } from './left-out.js';
import { type FoundObject, ObjectReader } from './object-reader.js';
import { parseDocuments } from './parse.js';
import { type PlainList, readPlainLists } from './plain-lists.js';
import { type AnyKind, KINDS } from './registry.js';
import type { FieldPath, NamedText, Resource } from './resource.js';
import { readSidecarTemplate, type SidecarTemplate } from './sidecar-template.js';

/** One list for each kind that is read. */
type Lists = {
  readonly [Name in keyof typeof KINDS]: (typeof KINDS)[Name] extends KindDefinition<infer Kind, infer Spec>
    ? readonly Resource<Kind, Spec>[]
    : never;
};

/**
 * Everything that was read. Each list is in Istio's order: creation time, then name, then namespace; objects without a creation
 * time come after those with one, by name too. In which documents and files the objects stand does not matter, but for one case: of two
 * objects with one identity the later counts. Objects that Kubernetes or Istio would refuse are not in the lists but in `rejected`.
 */
export interface ResourceSet extends Omit<Lists, 'virtualServices' | 'destinationRules'> {
  /** In a plan also what Ingresses and routes of the Gateway API are turned into. */
  readonly virtualServices: readonly Resource<RoutingKind, VirtualServiceSpec>[];
  /** In a plan also what BackendTLSPolicies are turned into. */
  readonly destinationRules: readonly Resource<RuleKind, DestinationRuleSpec>[];
  /** Every object as it was found, whatever became of it, in the order of the documents. */
  readonly objects: readonly FoundObject[];
  /** Objects of kinds that we do not read; `spec` is null. */
  readonly other: readonly Resource<string, null>[];
  /** Objects of known kinds that were dropped for their errors; `spec` is null. */
  readonly rejected: readonly Resource<string, null>[];
  /** Documents of our own API group (`seatrial.dev/…`), untouched. */
  readonly scenarios: readonly RawDocument[];
  /** Lists of documents without a kind that we know. */
  readonly plainLists: readonly PlainList[];
  /** What sidecars are injected with, where a document says so. */
  readonly sidecarTemplates: readonly SidecarTemplate[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  /** Documents that were read, empty ones not counted; a List counts once. */
  readonly documents: number;
}

export interface LoadOptions {
  /** Unknown fields, duplicate keys and unknown tags are errors instead of warnings. */
  readonly strict?: boolean;
  /**
   * Errors of one object are warnings, and a first warning (`objects-left-out`) names the objects: the mesh goes on without them. Never where
   * `strict`. What is no YAML is an error all the same.
   */
  readonly leaveOut?: boolean;
  /** What a command line changes in the documents. */
  readonly changes?: Changes | undefined;
}

/** API group of our own documents. */
export const OWN_GROUP = 'seatrial.dev/';

/** Reads all documents of all texts, in their order. Never throws: what is wrong with the input is in `diagnostics`. */
export function loadResources(texts: readonly NamedText[], options: LoadOptions = {}): ResourceSet {
  const loader = new Loader(options);
  const { changes } = options;
  for (const text of texts) {
    for (const document of parseDocuments(text, options)) loader.add(changes?.applyTo(document) ?? document);
  }
  return loader.finish();
}

/** The same for documents that have been parsed already. */
export function loadDocuments(documents: Iterable<RawDocument>, options: LoadOptions = {}): ResourceSet {
  const loader = new Loader(options);
  for (const document of documents) loader.add(document);
  return loader.finish();
}

/** Documents that are laid over those of the layers before. */
export type ConfigurationLayer =
  /** Objects that are there already are replaced (`kubectl apply`). */
  | { readonly kind: 'apply'; readonly documents: readonly RawDocument[] }
  /** Objects, by identity, are there no longer. */
  | { readonly kind: 'delete'; readonly objects: readonly ObjectIdentity[] };

/** What the cluster has after documents have been applied and objects deleted, one after the other. */
export function loadLayers(
  base: readonly RawDocument[],
  layers: readonly ConfigurationLayer[],
  options: LoadOptions = {},
): ResourceSet {
  const replaced = new Set<string>();
  const whole = layers.toReversed().map((layer) => {
    const later = new Set(replaced);
    const own = layer.kind === 'delete' ? layer.objects : objectsIn(layer.documents);
    for (const identity of own) replaced.add(identityKey(identity));
    return { documents: layer.kind === 'delete' ? [] : layer.documents, later };
  });
  const loader = new Loader(options);
  for (const { documents, later } of [{ documents: base, later: replaced }, ...whole.reverse()]) {
    for (const document of documents) loader.add(document, later);
  }
  return loader.finish();
}

/** The objects that documents hold, as far as they can be told from their kind and their name. */
export function objectsIn(documents: readonly RawDocument[]): readonly ObjectIdentity[] {
  const { objects } = loadDocuments(documents);
  return objects.map(({ value, apiVersion, kind }) => identityOf(value, apiVersion, kind));
}

const NONE: ReadonlySet<string> = new Set();

class Loader {
  private readonly reader: ObjectReader;
  private readonly scenarios: RawDocument[] = [];
  private readonly plainLists: PlainList[] = [];
  private readonly sidecarTemplates: SidecarTemplate[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly fidelity: FidelityEntry[] = [];
  private readonly objects: FoundObject[] = [];
  private readonly leavesOut: boolean;
  private left = NONE;
  private documents = 0;

  constructor(private readonly options: LoadOptions) {
    const strict = options.strict ?? false;
    this.reader = new ObjectReader(strict, this.fidelity);
    this.leavesOut = options.leaveOut === true && !strict;
  }

  /** @param left identities of objects that are not read */
  add(document: RawDocument, left: ReadonlySet<string> = NONE): void {
    this.left = left;
    this.documents += 1;
    for (const diagnostic of document.diagnostics) this.diagnostics.push(diagnostic);
    if (document.value === null) return;
    const apiVersion = fieldOf(document.value, 'apiVersion');
    if (typeof apiVersion === 'string' && apiVersion.startsWith(OWN_GROUP)) this.scenarios.push(document);
    else this.addValue(document, [], document.value, { apiVersion: null, kind: null });
  }

  /** `implied` is what a typed list says about its items. */
  private addValue(document: RawDocument, prefix: FieldPath, value: PlainValue, implied: Implied): void {
    const apiVersion = fieldOf(value, 'apiVersion') ?? implied.apiVersion;
    const kind = fieldOf(value, 'kind') ?? implied.kind;
    const written = isPlainMap(value) && typeof apiVersion === 'string' && typeof kind === 'string';
    if (!written || apiVersion === '' || kind === '') {
      this.withoutKind(document, prefix, value);
      return;
    }
    const items = kind.endsWith('List') ? fieldOf(value, 'items') : undefined;
    if (Array.isArray(items)) this.addItems(document, prefix, items, apiVersion, kind);
    else this.addObject({ document, prefix, value: value as PlainMap, apiVersion, kind });
  }

  private addObject(found: FoundObject): void {
    if (this.left.size > 0 && this.left.has(identityKey(identityOf(found.value, found.apiVersion, found.kind)))) return;
    this.objects.push(found);
    this.diagnostics.push(...this.told(this.reader.read(found)));
  }

  /** Errors of an object, as the options want them. */
  private told(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    return this.leavesOut ? asWarnings(diagnostics) : diagnostics;
  }

  private addItems(
    document: RawDocument,
    prefix: FieldPath,
    items: readonly PlainValue[],
    apiVersion: string,
    kind: string,
  ): void {
    const implied =
      kind === 'List' ? { apiVersion: null, kind: null } : { apiVersion, kind: kind.slice(0, -'List'.length) };
    items.forEach((item, index) => {
      this.addValue(document, [...prefix, 'items', index], item, implied);
    });
  }

  private withoutKind(document: RawDocument, prefix: FieldPath, value: PlainValue): void {
    const position = document.at(prefix);
    if (prefix.length === 0 && (this.addPlainLists(document) || this.addSidecarTemplate(document))) return;
    const foreign = prefix.length === 0 ? describeForeign(value) : null;
    if (foreign !== null) {
      const message = `this document is ${foreign}, not a Kubernetes object; it is not simulated`;
      this.diagnostics.push({ code: 'not-a-manifest', severity: 'info', position, message });
      return;
    }
    const message = 'this document has no apiVersion or no kind; it is left out';
    const hint = 'add apiVersion and kind, or leave the file out';
    this.diagnostics.push({ code: 'no-kind', severity: 'warning', position, message, hint });
    const meaning = 'a document without apiVersion or kind is left out';
    this.fidelity.push({ status: 'not-modelled', resource: 'document', path: '', position, meaning });
  }

  private addPlainLists(document: RawDocument): boolean {
    const read = readPlainLists(document, this.options.strict ?? false);
    if (read === null) return false;
    this.plainLists.push(...read.lists);
    this.diagnostics.push(...this.told(read.diagnostics));
    this.fidelity.push(...read.fidelity);
    return true;
  }

  private addSidecarTemplate(document: RawDocument): boolean {
    const read = readSidecarTemplate(document, this.options.strict ?? false);
    if (read === null) return false;
    if (read.template !== null) this.sidecarTemplates.push(read.template);
    this.diagnostics.push(...this.told(read.diagnostics));
    this.fidelity.push(...read.fidelity);
    return true;
  }

  finish(): ResourceSet {
    const { reader } = this;
    const lists = Object.fromEntries(
      Object.entries<AnyKind>(KINDS).map(([name, definition]) => [name, reader.sorted(definition)]),
    ) as Lists;
    return {
      ...lists,
      objects: this.objects,
      other: reader.other,
      rejected: reader.rejected,
      scenarios: this.scenarios,
      plainLists: this.plainLists,
      sidecarTemplates: this.sidecarTemplates,
      diagnostics: [...(this.leavesOut ? leftOutWarning(reader.rejected) : []), ...this.diagnostics],
      fidelity: this.fidelity,
      documents: this.documents,
    };
  }
}

interface Implied {
  readonly apiVersion: string | null;
  readonly kind: string | null;
}
