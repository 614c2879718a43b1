// What EnvoyFilters merge into the TCP proxies of a sidecar's outbound listeners: time-outs, attempts, and the cluster that connections go to.
// istio: pilot/pkg/networking/core/envoyfilter/listener_patch.go (patchNetworkFilter), util.MergeAnyWithAny; envoy:
// source/common/tcp_proxy/tcp_proxy.cc (a cluster that is not there closes the connection: NC).
import type { EnvoyTcpProxy } from '../../config/kinds/envoy-filter.js';
import type { CallerConnectionsPlan } from '../contract/caller-connections.js';
import type { OwnedPatch, PatchOf } from '../patches/envoy-patches.js';
import type { Registry } from '../registry/registry.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';

type TcpPatch = OwnedPatch<PatchOf<'tcp-proxy'>>;

/** A decision about a port without HTTP, with what the patches change; the last one to name a thing has it. */
export function mergedTcpRoute(
  decision: RouteDecision,
  patches: readonly TcpPatch[],
  port: number,
  namespace: string,
  registry: Registry,
): RouteDecision {
  const mine = patches.filter(({ patch }) => patch.port === 0 || patch.port === port);
  if (mine.length === 0 || decision.opaque !== true || decision.action.kind !== 'forward') return decision;
  const tcpProxy = mine.reduce<EnvoyTcpProxy>((merged, { patch }) => overlaid(merged, patch.settings), NOTHING);
  const owner = mine.findLast(({ patch }) => patch.settings.cluster !== null);
  const [first] = decision.action.targets;
  if (owner === undefined || first === undefined) return { ...decision, tcpProxy };
  const target = targetOf(owner, first, namespace, registry);
  return { ...decision, tcpProxy, action: { ...decision.action, targets: [target] } };
}

const NOTHING: EnvoyTcpProxy = { idleTimeoutNs: null, maxDurationNs: null, connectAttempts: null, cluster: null };

function overlaid(under: EnvoyTcpProxy, over: EnvoyTcpProxy): EnvoyTcpProxy {
  return {
    idleTimeoutNs: over.idleTimeoutNs ?? under.idleTimeoutNs,
    maxDurationNs: over.maxDurationNs ?? under.maxDurationNs,
    connectAttempts: over.connectAttempts ?? under.connectAttempts,
    cluster: over.cluster ?? under.cluster,
  };
}

/** The cluster that a patch names, `outbound|PORT|SUBSET|HOST`, in place of those of the route. */
function targetOf({ patch, owner }: TcpPatch, first: Target, namespace: string, registry: Registry): Target {
  const name = patch.settings.cluster ?? '';
  const [direction, port, subset = '', host = ''] = name.split('|');
  const service = direction === 'outbound' ? registry.lookup(host, namespace) : null;
  return {
    ...first,
    service,
    host: service?.host ?? name,
    port: service === null ? first.port : Number(port),
    subset: service === null ? '' : subset,
    weight: 1,
    position: owner.source.at(['spec', 'configPatches', patch.index, 'patch', 'value']),
  };
}

/** How the connections of a caller go through its patched proxy. */
export function patchedConnections(
  plan: CallerConnectionsPlan,
  { tcpProxy }: Pick<RouteDecision, 'tcpProxy'>,
): CallerConnectionsPlan {
  if (tcpProxy === undefined) return plan;
  return {
    ...plan,
    proxyIdleNs: tcpProxy.idleTimeoutNs ?? plan.proxyIdleNs,
    maxDurationNs: tcpProxy.maxDurationNs ?? plan.maxDurationNs,
    connectAttempts: tcpProxy.connectAttempts ?? plan.connectAttempts,
  };
}
