// What Linkerd's proxy of a caller does with a request. It goes by the address that was dialed; the Host header does not matter.
// linkerd2-proxy: linkerd/app/outbound/src/{protocol,http,discover}.rs; linkerd.io: reference/proxy-configuration, features/protocol-detection.
import type { Dial } from '../dial.js';
import { isHttp } from '../protocol.js';
import type { PortInfo, Service } from '../registry.js';
import type { RequestClass } from '../request-class.js';
import type { RouteContext, RouteDecision } from '../route-action.js';
import { bareRoute, dialedTarget, directRoute } from '../sidecar-route.js';
import type { Workload } from '../workloads.js';
import { DEFAULT_OPAQUE_PORTS, type LinkerdConfig, listsPort } from './injection.js';
import type { Profiles } from './profile.js';

/** The route in the proxy of a caller; no retries and no time-outs unless somebody asks for them. */
export function linkerdRoute(
  dial: Dial,
  request: RequestClass,
  caller: Workload,
  profiles: Profiles,
  context: RouteContext,
): RouteDecision {
  if (dial.kind !== 'service') return directRoute(dial, request);
  const { service, portInfo } = dial;
  if (service.source === 'entry') return bareRoute('linkerd', dialedTarget(dial, request, 'passthrough'));
  const target = dialedTarget(dial, request, 'linkerd');
  if (isOpaquePort(service, portInfo, caller.linkerd ?? {})) {
    noteOpaque(service, portInfo, context);
    return { ...bareRoute('linkerd-tcp', target), opaque: true };
  }
  const profile = profiles.of(service, caller.namespace);
  return profile === null ? bareRoute('linkerd', target) : profiles.decide(profile, target, request, context);
}

/** Whether connections to a port are passed on unread. The Service's own list counts, else that of the caller's proxy, else the default. */
export function isOpaquePort({ linkerd }: Service, port: PortInfo, config: LinkerdConfig): boolean {
  if (!isHttp(port.protocol)) return true;
  const list = linkerd?.config['opaque-ports'] ?? config['opaque-ports'];
  return list === undefined ? DEFAULT_OPAQUE_PORTS.includes(port.number) : listsPort(list, port.number);
}

function noteOpaque(service: Service, port: PortInfo, { findings }: RouteContext): void {
  findings.approximated(
    service.resource,
    'spec.ports',
    service.position,
    isHttp(port.protocol)
      ? `port ${port.number} is opaque to Linkerd: connections are passed on, without retries and time-outs`
      : `port ${port.number} is not declared as HTTP: Linkerd's detection is taken to find none, so that connections are passed on`,
  );
}
