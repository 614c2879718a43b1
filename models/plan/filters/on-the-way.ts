// Where the filters of a site and of an arrival come from: the route that was settled, and the ports behind it.

import { isOpaquePort } from '../registry/linkerd-ports.js';
import type { Workload } from '../registry/workload.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';
import { CLUSTER_DOMAIN } from '../terms/host.js';
import { isHttp } from '../terms/protocol.js';
import { authorityHost, type RequestClass } from '../terms/request-class.js';
import { portOf } from '../tls/cluster-tls.js';
import type { SettledRoute } from './route-settings.js';

/** As an EnvoyFilter names the route: a virtual host is called after its service, else after the host that was asked for. */
export function settledRoute(decision: RouteDecision, request: RequestClass, port: number): SettledRoute {
  const target = decision.action.kind === 'forward' ? decision.action.targets[0] : undefined;
  const asked = authorityHost(request.authority);
  const service = target?.service?.host ?? '';
  const isOwn =
    asked === service || service.startsWith(`${asked}.`) || asked === service.replace(`.${CLUSTER_DOMAIN}`, '');
  return {
    vhost: `${isOwn && service !== '' ? service : asked}:${port}`,
    name: decision.name,
    cluster: target === undefined ? '' : `outbound|${target.port}|${target.subset}|${target.host}`,
  };
}

/** Port of the pods behind the port of a target, and whether it speaks HTTP. */
export function podPort(workload: Workload, target: Target): { readonly port: number; readonly opaque: boolean } {
  const info = target.service?.ports.find(({ number }) => number === target.port);
  if (info === undefined) return { port: target.port, opaque: false };
  const port = portOf(workload, info) ?? target.port;
  const { service } = target;
  const opaque =
    workload.linkerd !== undefined && service !== null
      ? isOpaquePort(service, info, workload.linkerd, port)
      : !isHttp(info.protocol);
  return { port, opaque };
}

/** A decision whose requests have lost the headers that a filter took away. */
export function withoutTaken(decision: RouteDecision, before: RequestClass, after: RequestClass): RouteDecision {
  const kept = new Set(after.headers.map(([name]) => name));
  const taken = before.headers.map(([name]) => name).filter((name) => !kept.has(name));
  const { action } = decision;
  if (taken.length === 0 || action.kind !== 'forward') return decision;
  const without = (target: Target): Target => ({
    ...target,
    request: { ...target.request, headers: target.request.headers.filter(([name]) => !taken.includes(name)) },
  });
  return {
    ...decision,
    action: {
      kind: 'forward',
      targets: action.targets.map(without),
      mirrors: action.mirrors.map(({ probability, target }) => ({ probability, target: without(target) })),
    },
  };
}
