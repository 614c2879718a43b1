// The pods that a Gateway selects, and the ports that the Services in front of them offer (istio: pkg/config/analysis/analyzers/gateway/
// gateway.go). Where the YAML has no default ingress gateway, the one of Istio's charts is taken to be there.
import { ROOT_NAMESPACE, selects } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt, textMapAt } from '../plain-access.js';
import type { LintPod } from '../pods.js';

/** Labels and ports of the chart's gateway (istio: manifests/charts/gateways/istio-ingress/values.yaml). */
const DEFAULT_LABELS = { app: 'istio-ingressgateway', istio: 'ingressgateway' };
const DEFAULT_PORTS: readonly number[] = [80, 443, 8080, 8443, 15021, 15443, 31400];

export function gatewaySelector(gateway: LintObject): Readonly<Record<string, string>> {
  return textMapAt(gateway.value, 'spec', 'selector');
}

/** Whether the chart's default gateway stands in for what the YAML does not have. */
export function isDefaultGateway(mesh: LintMesh, selector: Readonly<Record<string, string>>): boolean {
  return !mesh.hasOwnIngressGateway && selects(selector, DEFAULT_LABELS);
}

export function gatewayPods(mesh: LintMesh, gateway: LintObject): readonly LintPod[] {
  return mesh.selected(gatewaySelector(gateway), null);
}

/** Ports on which clients can reach the pods: those of the Services, and their target ports; none where the input has no such Service. */
export function portsInFront(mesh: LintMesh, gateway: LintObject, pods: readonly LintPod[]): ReadonlySet<number> {
  const isDefault = isDefaultGateway(mesh, gatewaySelector(gateway));
  const ports = new Set<number>();
  const behind = isDefault ? [{ namespace: ROOT_NAMESPACE, labels: DEFAULT_LABELS }, ...pods] : pods;
  for (const service of mesh.services) {
    const selector = textMapAt(service.value, 'spec', 'selector');
    if (Object.keys(selector).length === 0) continue;
    if (!behind.some(({ namespace, labels }) => namespace === service.namespace && selects(selector, labels))) continue;
    for (const port of listAt(service.value, 'spec', 'ports')) {
      if ((textAt(port, 'protocol') ?? 'TCP') !== 'TCP') continue;
      const target = numberAt(port, 'targetPort') ?? 0;
      const number = numberAt(port, 'port') ?? 0;
      if (target !== 0) ports.add(target);
      ports.add(number);
    }
  }
  return new Set([...ports, ...(isDefault && ports.size > 0 ? DEFAULT_PORTS : [])]);
}
