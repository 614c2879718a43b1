// What the place of an origin is called: the service, the edge, the cluster, the filter.
import { readCause } from '../../models/mesh/recording/cause.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { serviceNames } from '../reading/service-names.js';

/** e.g. `cart`, `web -> cart`, `cart v2`, `AuthorizationPolicy shop/deny`. */
export function placeName(plan: MeshPlan, cause: number): string {
  const { placeKind, place } = readCause(cause);
  switch (placeKind) {
    case 'workload':
      return serviceNames(plan)[place];
    case 'cluster':
      return clusterName(plan.clusters[place]);
    case 'row': {
      const { fromName, toName } = plan.edges[plan.rows[place].edge];
      return `${fromName} -> ${toName}`;
    }
    case 'filter':
      return plan.filters?.[place]?.name ?? '';
    case 'request':
      return requestName(plan, place);
  }
}

/** `catalogue.shop v2` of `outbound|8080|v2|catalogue.shop.svc.cluster.local`. */
export function clusterName({ host, subset }: { readonly host: string; readonly subset: string }): string {
  const short = host.replace(/\.svc\.cluster\.local$/, '');
  return subset === '' ? short : `${short} ${subset}`;
}

/** `shoppers.checkout`: the traffic and its request, by their number among all requests of the plan. */
function requestName(plan: MeshPlan, number: number): string {
  const all = plan.traffic.flatMap(({ name, requests }) => requests.map((request) => `${name}.${request.name}`));
  return all[number] ?? '';
}
