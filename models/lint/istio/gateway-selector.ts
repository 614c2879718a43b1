// ST1901: a Gateway that selects no pod.

import { selectorText } from '../plain-access.js';
import { isGatewayPod } from '../pods.js';
import type { Rule } from '../rule.js';
import { gatewayPods, gatewaySelector, isDefaultGateway } from './gateway-pods.js';

export const gatewaySelectsNothing: Rule = {
  code: 'ST1901',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a Gateway that selects no pod',
  severity: 'error',
  why: 'No proxy opens its ports, and everything that is bound to it is never served.',
  help: 'give spec.selector the labels of the pods of an ingress gateway',
  source: 'istio: pkg/config/analysis/analyzers/gateway/gateway.go',
  check(mesh, report) {
    if (mesh.plan === null && !mesh.pods.some(isGatewayPod)) return;
    for (const gateway of mesh.gateways) {
      const selector = gatewaySelector(gateway);
      if (gatewayPods(mesh, gateway).length > 0 || isDefaultGateway(mesh, selector)) continue;
      report(gateway, ['spec', 'selector'], `no pod has the labels ${selectorText(selector)}`);
    }
  },
};
