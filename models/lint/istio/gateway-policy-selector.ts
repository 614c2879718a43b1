// ST1166: a policy that selects the pods of a gateway of the Gateway API by labels.
import type { LintMesh } from '../mesh.js';
import { SECURITY, TELEMETRY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, mapAt, textMapAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

export const gatewayPolicySelector: Rule = {
  code: 'ST1166',
  alias: 'IST0166',
  name: 'IneffectiveSelector',
  title: 'a policy that selects a gateway by labels',
  severity: 'warning',
  why: 'Gateways of the Gateway API take policies by `targetRef` alone; a selector does nothing there.',
  help: 'use targetRef with the name of the Gateway',
  source: 'istio: pkg/config/analysis/analyzers/k8sgateway/workloadselector.go',
  check(mesh, report) {
    for (const object of policies(mesh)) {
      if (isSet(object, 'targetRef') || mapAt(object.value, 'spec', 'selector') === null) continue;
      const selector = textMapAt(object.value, 'spec', 'selector', 'matchLabels');
      for (const pod of mesh.selected(selector, object.namespace)) {
        const gateway = pod.labels[GATEWAY_LABEL];
        if (gateway !== undefined)
          report(object, ['spec', 'selector'], `the selector does nothing for the Gateway ${gateway}`);
      }
    }
  },
};

function policies(mesh: LintMesh): LintObject[] {
  return [
    ...mesh.all(SECURITY, 'AuthorizationPolicy'),
    ...mesh.all(SECURITY, 'RequestAuthentication'),
    ...mesh.all(TELEMETRY, 'Telemetry'),
    ...mesh.all('extensions.istio.io', 'WasmPlugin'),
  ];
}

function isSet(object: LintObject, field: string): boolean {
  const value = dig(object.value, 'spec', field);
  return value !== undefined && value !== null;
}
