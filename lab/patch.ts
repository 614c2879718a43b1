// What of a case the bootstrap of its plan does not say: words that the real Envoy is to read for itself, and TLS.
import type { Message, Value } from '../reports/envoy/bootstrap.js';
import { extension } from '../reports/envoy/values.js';
import type { LabCase } from './case.js';

/** The bootstrap with the case's own tokens in its retry policies, and with TLS to its servers. */
export function patched(bootstrap: Message, { envoyRetryOn, tls }: LabCase): Message {
  const worded = envoyRetryOn === undefined ? bootstrap : mapField(bootstrap, 'retry_on', () => envoyRetryOn);
  if (tls === undefined) return worded;
  return mapField(worded, 'clusters', (clusters) =>
    Array.isArray(clusters) ? clusters.map((cluster) => secured(cluster as Message, tls)) : clusters,
  );
}

/** Certificates are not checked. */
function secured(cluster: Message, version: NonNullable<LabCase['tls']>): Message {
  const protocol = `TLSv${version.replace('.', '_')}`;
  const params = { tls_minimum_protocol_version: protocol, tls_maximum_protocol_version: protocol };
  return {
    ...cluster,
    transport_socket: extension(
      'envoy.transport_sockets.tls',
      'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      { common_tls_context: { tls_params: params } },
    ),
  };
}

/** Replaces every field of this name, at any depth. */
function mapField(message: Message, field: string, change: (value: Value) => Value): Message {
  const walk = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(walk);
    return typeof value === 'object' ? mapField(value as Message, field, change) : value;
  };
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, name === field ? change(value) : walk(value)]),
  );
}
