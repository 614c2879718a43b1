// ST2217: weights that pull apart what a consistent hash keeps together.
import { nameOfHost } from '../hosts.js';
import type { LintMesh } from '../mesh.js';
import { listAt, mapAt, textAt } from '../plain-access.js';
import { destinationsOf, type NamedDestination } from '../routes.js';
import type { Rule } from '../rule.js';

export const weightsBesideHash: Rule = {
  code: 'ST2217',
  name: 'WeightsBesideHash',
  title: 'weights beside a consistent hash',
  severity: 'warning',
  why: 'Among weighted destinations the proxy draws anew for each request, whatever the hash says; the hash chooses a pod only within the destination that was drawn. A session moves between the versions, and is kept by neither.',
  help: 'send sessions to one version by a match on a header or cookie, or accept that they move',
  source:
    'istio: pilot/pkg/networking/core/route/route.go (no use_hash_policy); envoy: source/common/router/weighted_cluster_specifier.cc',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const byRoute = new Map<string, NamedDestination[]>();
      for (const destination of destinationsOf(object)) {
        if (destination.isMirror || destination.weight <= 0 || destination.routePath[1] !== 'http') continue;
        const key = destination.routePath.join('.');
        byRoute.set(key, [...(byRoute.get(key) ?? []), destination]);
      }
      for (const own of byRoute.values()) {
        const hashed = own.length < 2 ? undefined : own.find((one) => isHashed(mesh, one, object.namespace));
        if (hashed === undefined) continue;
        const names = own.map(({ host, subset }) => (subset === '' ? host : subset)).join(' and ');
        report(
          object,
          [...hashed.routePath, 'route'],
          `requests are drawn by weight between ${names}, and ${hashed.host} has a consistentHash: its sessions do not stay together`,
        );
      }
    }
  },
};

/** Whether the policy that holds for a destination is a consistent hash: the subset's load balancer, else that of the host. */
function isHashed(mesh: LintMesh, { host, subset }: NamedDestination, namespace: string): boolean {
  return mesh.destinationRules.some((rule) => {
    if (nameOfHost(textAt(rule.value, 'spec', 'host') ?? '', rule.namespace) !== nameOfHost(host, namespace))
      return false;
    const own = listAt(rule.value, 'spec', 'subsets').find((candidate) => textAt(candidate, 'name') === subset);
    const balancer =
      mapAt(own, 'trafficPolicy', 'loadBalancer') ?? mapAt(rule.value, 'spec', 'trafficPolicy', 'loadBalancer');
    return mapAt(balancer ?? undefined, 'consistentHash') !== null;
  });
}
