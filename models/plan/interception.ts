// Which connections of a pod its sidecar is left out of. Runs do not tell them apart yet; where a pod asks for it, it is said.
// istio: pkg/kube/inject/template.go, manifests/charts/istio-control/istio-discovery/files/injection-template.yaml (istio-init).
import type { SourcePosition } from '../config/diagnostic.js';
import type { PodTemplate } from '../config/kinds/pod-template.js';
import type { Findings } from './findings.js';

const ANNOTATIONS: readonly string[] = [
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/includeOutboundPorts',
  'traffic.sidecar.istio.io/excludeOutboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges',
];

/** Of a pod with a sidecar. */
export function noteInterception(
  resource: string,
  { annotations }: PodTemplate,
  position: SourcePosition,
  findings: Findings,
): void {
  for (const name of ANNOTATIONS) {
    if ((annotations[name] ?? '*') === '*') continue;
    findings.notModelled(
      resource,
      `spec.template.metadata.annotations.${name}`,
      position,
      `everything that goes to or from the pod passes its sidecar, also what ${name} leaves out`,
    );
  }
}
