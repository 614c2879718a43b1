// Which ports Linkerd's proxies do not read, and which do not go through them at all.
// linkerd: controller/api/destination/watcher/opaque_ports.go, charts/linkerd-control-plane/values.yaml, proxy-init (iptables/iptables.go).

import type { LinkerdConfig } from '../settings/linkerd-injection.js';
import { isHttp } from '../terms/protocol.js';
import type { PortInfo, Service } from './service.js';

/** Ports of protocols in which the server speaks first. */
const DEFAULT_OPAQUE_PORTS: readonly number[] = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];

/**
 * Whether connections to a port are passed on unread. The Service's own list counts, else that of the proxy, else the default.
 * @param number what a proxy's own list has: the port of the Service for that of a caller, of the pod for that of a server
 */
export function isOpaquePort(
  { linkerd }: Service,
  port: PortInfo,
  config: LinkerdConfig,
  number: number = port.number,
): boolean {
  if (!isHttp(port.protocol)) return true;
  const ofService = linkerd?.config['opaque-ports'];
  if (ofService !== undefined) return listsPort(ofService, port.number);
  const list = config['opaque-ports'];
  return list === undefined ? DEFAULT_OPAQUE_PORTS.includes(number) : listsPort(list, number);
}

/** Whether connections that a pod opens to a port, or that come to a port of its, go past its proxy. */
export function skipsProxy(
  config: LinkerdConfig | undefined,
  direction: 'inbound' | 'outbound',
  port: number,
): boolean {
  const list = config?.[`skip-${direction}-ports`];
  return list !== undefined && listsPort(list, port);
}

/** Whether a list such as `3306,8000-8010` has a port; names of ports are not resolved. */
function listsPort(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const range = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
    return range !== null && port >= Number(range[1]) && port <= Number(range[2] ?? range[1]);
  });
}
