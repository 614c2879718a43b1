// Policies over the small cluster, and which filters a request meets.
import type { FilterPlan } from '../../../../models/plan/contract/filter-plan.js';
import { ROUTE_FAULT } from '../../../../models/plan/contract/filter-plan.js';
import type { CallSitePlan, MeshPlan } from '../../../../models/plan/contract/plan.js';
import { forwardOf, istio, siteOf } from '../support.js';

export function policy(spec: string, more: { name?: string; namespace?: string; annotations?: string } = {}): string {
  const { name = 'p', namespace = 'b', annotations = '' } = more;
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: ${namespace}, annotations: { ${annotations} } }
spec: ${spec}
`;
}

export function tokens(spec: string, name = 't', namespace = 'b'): string {
  return `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

export function wasm(name: string, spec: string, namespace = 'b'): string {
  return `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

export function envoyFilter(spec: string, name = 'e', namespace = 'b'): string {
  return istio('EnvoyFilter', name, namespace, spec).replace(
    'networking.istio.io/v1\n',
    'networking.istio.io/v1alpha3\n',
  );
}

export function named(plan: MeshPlan, numbers: readonly number[] | undefined): (FilterPlan | 'fault')[] {
  return (numbers ?? []).map((number) => (number === ROUTE_FAULT ? 'fault' : plan.filters![number]!));
}

/** The filters in the caller's proxy. */
export function outboundOf(plan: MeshPlan, site: CallSitePlan = siteOf(plan)): (FilterPlan | 'fault')[] {
  return named(plan, site.route.filters);
}

/** The filters at the first server. */
export function inboundOf(plan: MeshPlan, site: CallSitePlan = siteOf(plan)): (FilterPlan | 'fault')[] {
  return named(plan, plan.chains[forwardOf(site.route).destinations[0]!.arrivals[0]!.chain]);
}

export function kinds(filters: readonly (FilterPlan | 'fault')[]): string[] {
  return filters.map((filter) => (filter === 'fault' ? 'fault' : filter.kind));
}

/** The first answer of a filter that decides for the whole class; 200 where all let it pass. */
export function answerOf(filters: readonly (FilterPlan | 'fault')[]): number {
  for (const filter of filters)
    if (filter !== 'fault' && 'status' in filter && filter.status >= 400) return filter.status;
  return 200;
}

/** The site of the gateway behind the first request of the traffic. */
export function gatewaySite(plan: MeshPlan): CallSitePlan {
  const arrival = forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!;
  const [step] = plan.handlers[arrival.handler]!.program;
  if (step?.kind !== 'call') throw new Error('a gateway calls');
  return plan.sites[step.site]!;
}
