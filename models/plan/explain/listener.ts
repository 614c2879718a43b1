// Which listener takes a request, what it speaks, and how that was decided; which virtual host answers, and who else claims the host.
// istio: pilot/pkg/networking/core/{listener,httproute}.go, pkg/config/kube/conversion.go.

import type { PortInfo, Service } from '../registry/service.js';
import type { RouteTrace, TraceEvent } from '../routes/trace.js';
import { MESH, type VirtualService, type VirtualServices } from '../routes/virtual-service.js';
import { hostCovers } from '../terms/host.js';
import type { PortProtocol } from '../terms/protocol.js';
import { isVisible } from '../terms/visibility.js';
import { waypointHost, waypointListener, ztunnelListener } from './ambient.js';
import { eventOf, servicePlace } from './events.js';
import type { Listener, Place, VirtualHost } from './explanation.js';
import { linkerdListener } from './linkerd.js';
import { resourceName } from './rules.js';

export function listenerOf(trace: RouteTrace): Listener {
  const { dial, caller, listenerPort } = trace;
  if (dial === null) return waypointListener(trace) ?? gatewayListener(trace);
  if (caller.ambient === true && dial.kind === 'service') return ztunnelListener(trace, dial);
  if (caller.linkerd !== undefined && dial.kind === 'service') return linkerdListener(trace, dial);
  const common = { port: listenerPort, place: servicePlace(dial) };
  if (caller.kind === 'client' || !caller.hasSidecar || dial.kind === 'gateway') {
    const who =
      caller.kind === 'client'
        ? 'the client is outside of the mesh'
        : caller.linkerd !== undefined
          ? "Linkerd's proxy knows no such host: it passes on"
          : 'the pods of the caller have no sidecar';
    const decidedBy =
      dial.kind === 'gateway' && caller.hasSidecar ? 'the name leads to a gateway, out of the mesh' : who;
    return { ...common, protocol: 'none', decidedBy };
  }
  const taken = eventOf(trace, 'listener-taken');
  if (taken !== null) {
    const { owner } = taken;
    return {
      port: listenerPort,
      protocol: 'TCP',
      decidedBy: `${owner.resource} has no address, so that its listener is open on all of them and takes what no other is for: the connection goes to ${owner.host}`,
      place: { resource: owner.resource, position: owner.position },
    };
  }
  if (dial.kind === 'service' && dial.service.unregistered === true) {
    const knows = `nothing in the registry has ${dial.host} on port ${dial.port}`;
    return trace.decision?.opaque === true
      ? { ...common, protocol: 'TCP', decidedBy: `${knows}, and the proxy reads no HTTP on such connections` }
      : { ...common, protocol: 'HTTP', decidedBy: `other hosts have HTTP on this port; ${knows}` };
  }
  if (dial.kind === 'service') return { ...common, ...spoken(dial.portInfo, dial.service) };
  return { ...common, protocol: 'HTTP', decidedBy: 'no service has the name: only a VirtualService does' };
}

function spoken(port: PortInfo, service: Service): { protocol: string; decidedBy: string } {
  const of = `port ${port.number} of ${service.resource}`;
  const named = port.name === '' ? '' : ` (named ${port.name})`;
  if (port.protocol === 'auto') return { protocol: 'sniffed', decidedBy: `${of}${named} declares no protocol` };
  return { protocol: protocolName(port.protocol), decidedBy: `${of}${named} declares it` };
}

function protocolName(protocol: PortProtocol): string {
  return protocol === 'auto' ? 'sniffed' : protocol.toUpperCase();
}

function gatewayListener(trace: RouteTrace): Listener {
  const event = eventOf(trace, 'servers');
  const server = event?.taken?.server ?? event?.servers[0];
  if (server === undefined) {
    return {
      port: trace.listenerPort,
      protocol: 'none',
      decidedBy: 'no Gateway has a server on this port',
      place: null,
    };
  }
  const index = server.gateway.spec.servers.indexOf(server.server);
  const { tls, port } = server.server;
  const mode = tls?.mode === undefined ? '' : `, TLS ${tls.mode}`;
  return {
    port: trace.listenerPort,
    protocol: port.protocol.toUpperCase(),
    decidedBy: `server ${port.name === '' ? index : port.name} of Gateway ${server.gatewayName}${mode}`,
    place: {
      resource: resourceName(server.gateway),
      position: server.gateway.source.at(['spec', 'servers', index]),
    },
  };
}

export function virtualHostOf(trace: RouteTrace, all: VirtualServices): VirtualHost | null {
  const gatewayHost = eventOf(trace, 'gateway-host');
  if (gatewayHost !== null) return hostAtGateway(trace, gatewayHost, all);
  const event = eventOf(trace, 'host');
  if (event === null) return waypointHost(trace);
  const owner = eventOf(trace, 'owner');
  const unknown = eventOf(trace, 'unknown-host');
  const { service, port, host } = event;
  const name = `${service !== null && port !== null ? service.host : host}:${trace.listenerPort}`;
  const effective = unknown?.opens === false ? null : (owner?.virtualService ?? null);
  const common = {
    virtualServices: effective === null ? [] : [vsPlace(effective)],
    passedOver: passedOver(
      [host, ...(service === null ? [] : [service.host])],
      effective,
      [MESH],
      trace.caller.namespace,
      all,
    ),
  };
  if (service !== null && port !== null) {
    const place = { resource: service.resource, position: service.position };
    return { ...common, name, place, why: `the Host header is ${trace.request.authority}` };
  }
  if (unknown?.opens === true) {
    return {
      ...common,
      name,
      place: null,
      why: `no service ${host} on port ${trace.listenerPort}; a VirtualService has the host`,
    };
  }
  return {
    ...common,
    name: null,
    place: null,
    why: `nothing on port ${trace.listenerPort} answers to the Host header ${trace.request.authority}`,
  };
}

function hostAtGateway(
  trace: RouteTrace,
  { host, domain, virtualServices }: Extract<TraceEvent, { kind: 'gateway-host' }>,
  all: VirtualServices,
): VirtualHost {
  const view = eventOf(trace, 'routes')?.view;
  const first = virtualServices[0] ?? null;
  const others = passedOver([host], first, view?.gateways ?? [], trace.caller.namespace, all).filter(
    ({ resource }) => !virtualServices.some((mine) => resourceName(mine.resource) === resource),
  );
  return {
    name: domain === null ? null : `${domain}:${trace.listenerPort}`,
    why:
      domain === null
        ? `no VirtualService of the gateway has the host ${host}`
        : virtualServices.length > 1
          ? `${virtualServices.length} VirtualServices with this host are merged`
          : `the Host header is ${trace.request.authority}`,
    place: null,
    virtualServices: virtualServices.map(vsPlace),
    passedOver: others,
  };
}

function vsPlace({ resource }: VirtualService): Place {
  return { resource: resourceName(resource), position: resource.source.at([]) };
}

/** VirtualServices that name the host and are not the one that counts, with the reason of models/plan/routes/virtual-service.ts. */
function passedOver(
  names: readonly string[],
  owner: VirtualService | null,
  gateways: readonly string[],
  namespace: string,
  { all }: VirtualServices,
): VirtualHost['passedOver'] {
  return all
    .filter(
      (other) => other !== owner && other.hosts.some((pattern) => names.some((name) => hostCovers(pattern, name))),
    )
    .map(({ resource, gateways: bound }) => {
      const { exportTo } = resource.spec;
      const [path, why] = !bound.some((name) => gateways.includes(name))
        ? ['gateways', `it is for ${bound.join(', ')}`]
        : !isVisible(exportTo, resource.namespace, namespace)
          ? ['exportTo', `it is exported to ${exportTo.join(', ')}, not to ${namespace}`]
          : ['hosts', 'another one has the host first, or names it more exactly'];
      return { resource: resourceName(resource), position: resource.source.at(['spec', path]), why };
    });
}
