// The template that sidecars are injected with, as a document without apiVersion and kind: a part of a pod with the container `istio-proxy`
// (istio: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, once it is rendered).
import type { Diagnostic, FidelityEntry, SourcePosition } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainValue, type RawDocument } from './document.js';
import type { Container } from './kinds/container.js';
import { podBody } from './kinds/pod-template.js';
import { Findings, INVALID, Place } from './place.js';
import type { FieldPath, WrittenField } from './resource.js';
import { writtenField } from './written-field.js';

/** istio: tools/istio-iptables/pkg/cmd/root.go */
const OUTBOUND = 'everything that pods send passes their sidecars, also what -i, -x and -o leave out';
const PROXY_CONTAINER = 'istio-proxy';

/** Ports of a pod that its sidecar takes. */
export interface InboundPorts {
  /** null: all. */
  readonly included: readonly number[] | null;
  readonly excluded: readonly number[];
}

export const ALL_PORTS: InboundPorts = { included: null, excluded: [] };

export interface SidecarTemplate {
  readonly proxy: Container;
  readonly inbound: InboundPorts;
  readonly position: SourcePosition;
  /** The place of the proxy's container in the document. */
  readonly proxyPath: FieldPath;
  /** A field of the document. */
  field(path: FieldPath): WrittenField;
}

export interface ReadSidecarTemplate {
  readonly template: SidecarTemplate | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}

/** null: the document is something else. */
export function readSidecarTemplate(document: RawDocument, strict: boolean): ReadSidecarTemplate | null {
  const { value } = document;
  if (!isPlainMap(value) || value.kind !== undefined) return null;
  const spec = fieldOf(value, 'spec');
  const lists = [fieldOf(spec, 'containers'), fieldOf(spec, 'initContainers')];
  if (spec === undefined || !lists.some(holdsProxy)) return null;
  const findings = new Findings(document, [], 'sidecar template', strict);
  const place = Place.root(findings);
  place.info(
    'sidecar-template',
    'this document has no apiVersion and no kind: it is taken for the template of the sidecars that are injected',
    'keep one such document; a proxy that a pod has for itself belongs into the template of its workload',
  );
  const body = podBody.read(spec, place.child('spec'));
  const { diagnostics, fidelity } = findings;
  if (body === INVALID) return { template: null, diagnostics, fidelity };
  const init = body.initContainers.findIndex(({ args }) => args.includes('istio-iptables'));
  const args = body.initContainers[init]?.args ?? [];
  if (isOutboundLimited(args)) place.down('spec', 'initContainers', init, 'args').notModelled(OUTBOUND);
  const list = body.containers.some(({ name }) => name === PROXY_CONTAINER) ? 'containers' : 'initContainers';
  const index = body[list].findIndex(({ name }) => name === PROXY_CONTAINER);
  const template: SidecarTemplate = {
    proxy: body[list][index]!,
    inbound: inboundOf(args),
    position: document.at([]),
    proxyPath: ['spec', list, index],
    field: (path) => writtenField('sidecar template', document, [], path),
  };
  return { template, diagnostics, fidelity };
}

/** The value of a flag; null: it is not there. */
function flagOf(args: readonly string[], ...names: readonly string[]): string | null {
  const at = args.findIndex((arg) => names.includes(arg));
  return at < 0 ? null : (args[at + 1] ?? '');
}

function inboundOf(args: readonly string[]): InboundPorts {
  const included = flagOf(args, '-b', '--istio-inbound-ports') ?? '*';
  return {
    included: included === '*' ? null : portList(included),
    excluded: portList(flagOf(args, '-d', '--istio-local-exclude-ports') ?? ''),
  };
}

function isOutboundLimited(args: readonly string[]): boolean {
  const ranges = flagOf(args, '-i', '--istio-service-cidr') ?? '*';
  const left = [
    flagOf(args, '-x', '--istio-service-exclude-cidr'),
    flagOf(args, '-o', '--istio-local-outbound-ports-exclude'),
  ];
  return ranges !== '*' || left.some((value) => (value ?? '') !== '');
}

/** `80, 443`; what is no number is left out. */
export function portList(text: string): number[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
}

function holdsProxy(containers: PlainValue | undefined): boolean {
  return Array.isArray(containers) && containers.some((container) => fieldOf(container, 'name') === PROXY_CONTAINER);
}
