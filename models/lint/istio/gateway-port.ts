// ST1162: a port of a Gateway that no Service in front of its pods offers.
import { listAt, numberAt, selectorText } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { gatewayPods, gatewaySelector, isDefaultGateway, portsInFront } from './gateway-pods.js';

export const gatewayPort: Rule = {
  code: 'ST1162',
  alias: 'IST0162',
  name: 'GatewayPortNotDefinedOnService',
  title: 'a port of a Gateway that no Service offers',
  severity: 'warning',
  why: 'The proxy listens, and nobody outside can reach it: clients come through the Service of the gateway.',
  help: 'add the port to the Service of the gateway, or use one that it has',
  source: 'istio: pkg/config/analysis/analyzers/gateway/gateway.go',
  check(mesh, report) {
    for (const gateway of mesh.gateways) {
      const pods = gatewayPods(mesh, gateway);
      const selector = gatewaySelector(gateway);
      if (pods.length === 0 && !isDefaultGateway(mesh, selector)) continue;
      const ports = portsInFront(mesh, gateway, pods);
      if (ports.size === 0) continue;
      listAt(gateway.value, 'spec', 'servers').forEach((server, index) => {
        const number = numberAt(server, 'port', 'number');
        if (number === null || ports.has(number)) return;
        report(
          gateway,
          ['spec', 'servers', index, 'port', 'number'],
          `no Service of the pods with ${selectorText(selector)} has the port ${number}`,
        );
      });
    }
  },
};
