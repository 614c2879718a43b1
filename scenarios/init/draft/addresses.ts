// How the applications of the mesh dial one another, in the words of a scenario.
import type { FoundCall } from '../call.js';
import { requestPort } from '../entries/entry.js';
import type { Service } from '../survey.js';

/** `cart:7070` from the same namespace, `cart.shop:7070` from another; null where the service has no port for requests. */
export function callAddress({ from, to, host, port }: FoundCall): string | null {
  const chosen = to.ports.find(({ number }) => number === port) ?? requestPort(to);
  if (chosen === null || chosen.protocol === 'udp') return null;
  const place = `${hostOf(to, host, from.namespace)}:${chosen.number}`;
  return to.source === 'entry' && chosen.protocol === 'tls' ? `https://${place}` : place;
}

/** The same for a client that is no pod of the simulation. */
export function outsideAddress({ to, host, port }: FoundCall): string | null {
  const chosen = to.ports.find(({ number }) => number === port) ?? requestPort(to);
  return chosen === null || chosen.protocol === 'udp'
    ? null
    : `${to.source === 'entry' ? host : to.key}:${chosen.number}`;
}

function hostOf(to: Service, host: string, namespace: string): string {
  if (to.source === 'entry') return host;
  return to.namespace === namespace ? to.name : to.key;
}
