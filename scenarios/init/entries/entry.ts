// A door of the mesh: where requests come in from outside, and how we know.
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import { isHttp } from '../../../models/plan/terms/protocol.js';
import type { LeftOut } from '../evidence.js';
import type { Service, ServicePort } from '../surveyed.js';

export interface EntryRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it leads; null where that cannot be told. */
  readonly service: Service | null;
  /** What tells its destination from others: service, subset, port. */
  readonly destination: string;
}

export interface FoundEntry {
  /** As a client dials it. */
  readonly to: string;
  /** The first service behind the door. */
  readonly service: Service | null;
  /** At least one. */
  readonly requests: readonly EntryRequest[];
  /** e.g. `VirtualService bookinfo at Gateway bookinfo-gateway` */
  readonly text: string;
  readonly at: SourcePosition;
  /** What a run does otherwise than the cluster; null: nothing. */
  readonly caveat: string | null;
}

export interface FoundEntries {
  readonly entries: readonly FoundEntry[];
  readonly leftOut: readonly LeftOut[];
}

/** The first request of each destination; a plain GET where there is none. Two rules that take the same request count as one. */
export function distinctRequests(requests: readonly EntryRequest[], service: Service | null): readonly EntryRequest[] {
  const byDestination = new Map<string, EntryRequest>();
  const asked = new Set<string>();
  for (const request of requests) {
    const text = JSON.stringify([request.method, request.path, request.headers]);
    if (byDestination.has(request.destination) || asked.has(text)) continue;
    byDestination.set(request.destination, request);
    asked.add(text);
  }
  const plain: EntryRequest = { method: 'GET', path: '/', headers: {}, service, destination: '' };
  return byDestination.size === 0 ? [plain] : [...byDestination.values()];
}

/** How a client outside dials a service itself; null where the service has no port for that. */
export function directAddress(service: Service, port: ServicePort | null): string | null {
  const chosen = port ?? requestPort(service);
  if (chosen === null) return null;
  const place = `${service.key}:${chosen.number}`;
  return isHttp(chosen.protocol) ? `http://${place}` : place;
}

/** The port for requests: 80, else the first that speaks HTTP and is not there to be scraped, else the first that is not UDP. */
export function requestPort({ ports }: Pick<Service, 'ports'>): ServicePort | null {
  const usual = ports.filter(
    ({ name, number }) => !/metrics|prom|admin|health|jolokia/i.test(name) && number !== 15021,
  );
  for (const candidates of [usual, ports]) {
    const found =
      candidates.find(({ number, protocol }) => number === 80 && protocol !== 'udp') ??
      candidates.find(({ protocol }) => isHttp(protocol)) ??
      candidates.find(({ protocol }) => protocol !== 'udp');
    if (found !== undefined) return found;
  }
  return null;
}

/** The port of a number or a name. */
export function portNamed({ ports }: Service, port: number | string | null): ServicePort | null {
  return ports.find(({ number, name }) => number === port || (name !== '' && name === port)) ?? null;
}
