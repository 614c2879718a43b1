// ST1112: a destination with several ports and no choice among them.
import { textsAt } from '../plain-access.js';
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';

export const destinationPort: Rule = {
  code: 'ST1112',
  alias: 'IST0112',
  name: 'VirtualServiceDestinationPortSelectorRequired',
  title: 'a route to a host of several ports that names none',
  severity: 'error',
  why: 'The request goes to the port on which it came in, which the destination may not have.',
  help: 'add port: {number: …} to the destination',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/destinationhosts.go',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const exportTo = textsAt(object.value, 'spec', 'exportTo');
      for (const { host, port, path } of destinationsOf(object)) {
        if (port !== null) continue;
        const ports = mesh.hosts.find(host, object.namespace, exportTo)?.ports ?? [];
        if (ports.length > 1)
          report(object, [...path, 'host'], `"${host}" has the ports ${ports.join(', ')}, and none is named`);
      }
    }
  },
};
