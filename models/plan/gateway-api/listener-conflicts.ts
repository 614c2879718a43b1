// Which listeners of one Gateway exclude each other: those of the Gateway come first, then those of its ListenerSets, oldest first.
// istio: pilot/pkg/config/kube/gatewaycommon/listener_conflict.go (listenersDistinct).
import type { Listener } from '../../config/kinds/gateway-api/listener.js';

/** Whether two listeners cannot both be there; the later of the two is left out. */
export function conflictsWith(a: Listener, b: Listener): boolean {
  if (a.port !== b.port) return false;
  if (isStream(a) && isStream(b)) return true;
  if (isStream(a) ? isByHost(b) : isStream(b) && isByHost(a)) return true;
  if (isByHost(a) && isByHost(b)) return a.hostname === b.hostname;
  return a.protocol === b.protocol;
}

function isStream({ protocol }: Listener): boolean {
  return protocol === 'TCP' || protocol === 'UDP';
}

function isByHost({ protocol }: Listener): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'TLS';
}
