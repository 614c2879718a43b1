// ST1101: a route to a host or port that is not there.
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
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
      const isOurs = isAboutGiven(mesh, object);
      for (const { host, port, path, isMirror } of destinationsOf(object)) {
        const owner = mesh.hosts.find(host, object.namespace, exportTo);
        const what = isMirror ? 'mirror host' : 'host';
        if (owner === null) {
          const near = mesh.hosts.nearest(host, object.namespace);
          if (near === null && !(isOurs && mesh.holdsHost(host, object.namespace))) continue;
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

/**
 * Whether a VirtualService is about something that the input has: a gateway's routes are, and those for the mesh where one of their hosts is there. Else
 * the Service and all that belongs to it stand in another place.
 */
function isAboutGiven(mesh: LintMesh, { value, namespace }: LintObject): boolean {
  const hosts = textsAt(value, 'spec', 'hosts');
  const exportTo = textsAt(value, 'spec', 'exportTo');
  return (
    hosts.length === 0 ||
    textsAt(value, 'spec', 'gateways').some((name) => name !== 'mesh') ||
    hosts.some((host) => mesh.hosts.find(host, namespace, exportTo) !== null)
  );
}
