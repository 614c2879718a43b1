// ST1140: subsets of a VirtualService that traffic of a gateway never meets.
import type { LintObject } from '../object.js';
import { textsAt } from '../plain-access.js';
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';

export const ingressRoute: Rule = {
  code: 'ST1140',
  alias: 'IST0140',
  name: 'IngressRouteRulesNotAffected',
  title: 'routes by subset that traffic from a gateway does not meet',
  severity: 'warning',
  why: 'A gateway that forwards to a host follows no VirtualService of that host that is bound to the mesh alone: its requests go to all subsets.',
  help: 'name the subsets in the route of the gateway too, or bind the other VirtualService to the gateway',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/destinationhosts.go',
  check(mesh, report) {
    const bySubset = new Map<string, Set<LintObject>>();
    for (const object of mesh.virtualServices) {
      const hosts = textsAt(object.value, 'spec', 'hosts');
      for (const { host, subset, routePath, isMirror } of destinationsOf(object)) {
        if (isMirror || subset === '' || routePath[1] !== 'http' || !hosts.includes(host)) continue;
        bySubset.set(host, (bySubset.get(host) ?? new Set()).add(object));
      }
    }
    for (const object of mesh.virtualServices) {
      const gateways = gatewaysOf(object);
      if (gateways.length === 0) continue;
      for (const { host, subset, routePath, path, isMirror } of destinationsOf(object)) {
        if (isMirror || subset !== '' || routePath[1] !== 'http') continue;
        for (const other of bySubset.get(host) ?? []) {
          if (other.fullName === object.fullName || gatewaysOf(other).some((name) => gateways.includes(name))) continue;
          report(
            object,
            [...path, 'host'],
            `the subsets in VirtualService ${other.fullName} do not hold for this route`,
          );
        }
      }
    }
  },
};

/** The gateways that a VirtualService is bound to, by their full names. */
function gatewaysOf({ value, namespace }: LintObject): string[] {
  return textsAt(value, 'spec', 'gateways')
    .filter((name) => name !== 'mesh')
    .map((name) => (name.includes('/') ? name : `${namespace}/${name}`));
}
