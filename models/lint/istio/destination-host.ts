// ST1101: a route to a host or port that is not there.
import { textsAt } from '../plain-access.js';
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';

export const destinationHost: Rule = {
  code: 'ST1101',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a route to a host that is not there',
  severity: 'error',
  why: 'Requests that take the route are answered with 503 NC: the proxy has no cluster of that name.',
  help: 'write the name of a Service of the namespace, or the full name of another: reviews.shop.svc.cluster.local',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/destinationhosts.go',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const exportTo = textsAt(object.value, 'spec', 'exportTo');
      for (const { host, port, path, isMirror } of destinationsOf(object)) {
        const owner = mesh.hosts.find(host, object.namespace, exportTo);
        const what = isMirror ? 'mirror host' : 'host';
        if (owner === null) {
          const near = mesh.hosts.nearest(host, object.namespace);
          if (near === null && !mesh.holdsHost(host, object.namespace)) continue;
          report(
            object,
            [...path, 'host'],
            `there is no ${what} "${host}"`,
            near === null ? undefined : `did you mean ${near}?`,
          );
        } else if (port !== null && !owner.ports.includes(port)) {
          report(
            object,
            [...path, 'port', 'number'],
            `"${host}" has no port ${port}`,
            `use ${owner.ports.length === 0 ? 'a port that it has' : owner.ports.join(', ')}`,
          );
        }
      }
    }
  },
};
