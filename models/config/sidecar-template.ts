// The template that sidecars are injected with, as a document without apiVersion and kind: a part of a pod with the container `istio-proxy`
// (istio: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, once it is rendered).
import type { Diagnostic, FidelityEntry, SourcePosition } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainValue, type RawDocument } from './document.js';
import type { Container } from './kinds/container.js';
import { podBody } from './kinds/pod-template.js';
import { Findings, INVALID, Place } from './place.js';

/** istio: tools/istio-iptables/pkg/cmd/root.go */
const REDIRECTION =
  'everything that goes to or from a pod passes its sidecar: ports and addresses that are left to the application (-b, -d, -i, -x, -o) are not told apart; the proxy itself listens on 15001, 15006, 15020, 15021 and 15090';
const PROXY_CONTAINER = 'istio-proxy';

export interface SidecarTemplate {
  readonly proxy: Container;
  readonly position: SourcePosition;
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
  body.initContainers.forEach(({ args }, index) => {
    if (args.includes('istio-iptables')) place.down('spec', 'initContainers', index, 'args').approximated(REDIRECTION);
  });
  const proxy = [...body.containers, ...body.initContainers].find(({ name }) => name === PROXY_CONTAINER)!;
  return { template: { proxy, position: document.at([]) }, diagnostics, fidelity };
}

function holdsProxy(containers: PlainValue | undefined): boolean {
  return Array.isArray(containers) && containers.some((container) => fieldOf(container, 'name') === PROXY_CONTAINER);
}
