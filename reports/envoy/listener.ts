// The listener for a workload's calls: one connection manager with the filters of the routes and the router, as in Istio's outbound listeners
// (istio: pilot/pkg/networking/core/listener.go; envoy:
// api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto).
import { type SocketAddress, socketAddress } from './cluster.js';
import { extension, type Message } from './values.js';

/** Status, response flags, host, attempts, details: what a simulated call has as well. One JSON object a line. */
const LOG_FIELDS: Message = {
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  call: '%REQ(X-SEATRIAL-CALL)%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  host: '%UPSTREAM_HOST%',
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  durationMs: '%DURATION%',
  details: '%RESPONSE_CODE_DETAILS%',
};

export function listenerMessage(
  address: SocketAddress,
  routes: readonly Message[],
  filters: readonly Message[],
  accessLog: string,
): Message {
  return {
    name: 'outbound',
    address: socketAddress(address),
    filter_chains: [
      {
        filters: [
          extension(
            'envoy.filters.network.http_connection_manager',
            'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            {
              stat_prefix: 'outbound',
              stream_idle_timeout: '0s',
              generate_request_id: false,
              route_config: {
                name: 'outbound',
                validate_clusters: false,
                virtual_hosts: [{ name: 'calls', domains: ['*'], routes }],
              },
              http_filters: [
                ...filters,
                extension('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router'),
              ],
              access_log: [
                extension('envoy.access_loggers.file', 'envoy.extensions.access_loggers.file.v3.FileAccessLog', {
                  path: accessLog,
                  log_format: { json_format: LOG_FIELDS },
                }),
              ],
            },
          ),
        ],
      },
    ],
  };
}
