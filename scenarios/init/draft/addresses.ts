// How the applications of the mesh dial one another, in the words of a scenario.
import { isHttp } from '../../../models/plan/terms/protocol.js';
import type { FoundCall } from '../call.js';
import { requestPort } from '../entries/entry.js';
import type { Service, ServicePort } from '../surveyed.js';

/** `cart:7070` from the same namespace, `cart.shop:7070` from another; null where the service has no port for requests. */
export function callAddress({ from, to, host, port }: FoundCall): string | null {
  const chosen = portOf({ to, port });
  if (chosen === null || chosen.protocol === 'udp') return null;
  const place = `${hostOf(to, host, from.namespace)}:${chosen.number}`;
  return to.source === 'entry' && chosen.protocol === 'tls' ? `https://${place}` : place;
}

/** The same for a client that is no pod of the simulation. */
export function outsideAddress({ to, host, port }: FoundCall): string | null {
  const chosen = portOf({ to, port });
  return chosen === null || chosen.protocol === 'udp'
    ? null
    : `${to.source === 'entry' ? host : to.key}:${chosen.number}`;
}

/** Whether what is dialed reads HTTP: a database or a broker does not. */
export function speaksHttp(call: FoundCall): boolean {
  const chosen = portOf(call);
  return chosen !== null && isHttp(chosen.protocol);
}

function portOf({ to, port }: Pick<FoundCall, 'to' | 'port'>): ServicePort | null {
  return to.ports.find(({ number }) => number === port) ?? requestPort(to);
}

function hostOf(to: Service, host: string, namespace: string): string {
  if (to.source === 'entry') return host;
  return to.namespace === namespace ? to.name : to.key;
}
