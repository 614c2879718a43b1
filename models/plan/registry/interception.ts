// Which connections to a pod its sidecar takes, and which are left to the application: inbound ports by annotation, else as the injector's template
// has it. What leaves the sidecar out of outbound connections is not told apart, and listed.
// istio: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml (istio-init), tools/istio-iptables/pkg/cmd/root.go.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import { type InboundPorts, portList } from '../../config/sidecar-template.js';
import type { Findings } from '../terms/findings.js';

/** The proxy's own ports, which it serves by itself. */
const OWN_PORTS: readonly number[] = [15_020, 15_021, 15_090];

const PREFIX = 'traffic.sidecar.istio.io/';
const OUTBOUND: readonly string[] = [
  'includeOutboundPorts',
  'excludeOutboundPorts',
  'includeOutboundIPRanges',
  'excludeOutboundIPRanges',
];

/** Of a pod: its annotations take the place of the template's. */
export function inboundPorts({ annotations }: PodTemplate, template: InboundPorts): InboundPorts {
  const included = annotations[`${PREFIX}includeInboundPorts`];
  const excluded = annotations[`${PREFIX}excludeInboundPorts`];
  return {
    included: included === undefined ? template.included : included.trim() === '*' ? null : portList(included),
    excluded: excluded === undefined ? template.excluded : portList(excluded),
  };
}

/** @param port of the pods; null: nobody knows which */
export function takesInbound({ included, excluded }: InboundPorts, port: number | null): boolean {
  if (port === null) return true;
  return (included === null || included.includes(port)) && !excluded.includes(port) && !OWN_PORTS.includes(port);
}

/** Of a pod with a sidecar. */
export function noteInterception(
  resource: string,
  { annotations }: PodTemplate,
  position: SourcePosition,
  findings: Findings,
): void {
  for (const name of OUTBOUND.map((own) => PREFIX + own)) {
    if ((annotations[name] ?? '*') === '*') continue;
    findings.notModelled(
      resource,
      `spec.template.metadata.annotations.${name}`,
      position,
      `everything that the pod sends passes its sidecar, also what ${name} leaves out`,
    );
  }
}
