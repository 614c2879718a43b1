// Which listener of a sidecar takes a connection on whose port no HTTP is read: that of the service's own address, or the one for all addresses that
// services without an address share, where the first takes everything.
// istio: pilot/pkg/networking/core/listener.go (buildSidecarOutboundListener, mergeTCPFilterChains), pilot/pkg/model/push_context.go
// (SortServicesByCreationTime), pilot/pkg/model/service.go (GetAddressForProxy, nodeUsesAutoallocatedIPs).

import type { Service } from '../registry/service.js';
import { isVisible } from '../terms/visibility.js';
import type { RouteContext } from './route-action.js';

/**
 * The service that takes connections to a port of `dialed`; `dialed` itself where that has an address of its own (a Kubernetes Service, an entry with
 * `addresses`, one that DNS capture gives an address), or where the server name of TLS tells it from others; null where nobody in the registry does.
 */
export function listenerOwner(dialed: Service | null, port: number, context: RouteContext): Service | null {
  if (dialed !== null && (!sharesListener(dialed, context) || protocolOf(dialed, port) !== 'tcp')) return dialed;
  const { registry, namespace, scope } = context;
  const sharing = registry
    .onPort(port)
    .filter(
      (service) =>
        sharesListener(service, context) &&
        protocolOf(service, port) === 'tcp' &&
        isVisible(service.exportTo, service.namespace, namespace) &&
        scope.sees(service.namespace, service.host, port),
    );
  const first = sharing.sort(byAge)[0] ?? dialed;
  // A cluster of the original destination goes where the client wanted to go.
  return first?.discovery === 'original-dst' ? dialed : first;
}

function sharesListener({ addressless }: Service, { dnsCapture }: Pick<RouteContext, 'dnsCapture'>): boolean {
  return addressless !== undefined && !(dnsCapture && addressless.allocatable);
}

function protocolOf({ ports }: Service, port: number): string | null {
  return ports.find(({ number }) => number === port)?.protocol ?? null;
}

/** Of equal age the name decides. */
function byAge(a: Service, b: Service): number {
  const age = (a.addressless?.createdAtMs ?? 0) - (b.addressless?.createdAtMs ?? 0);
  if (age !== 0) return age;
  const [first, second] = [a, b].map(({ host, namespace }) => `${host}.${namespace}`);
  return first! < second! ? -1 : 1;
}
