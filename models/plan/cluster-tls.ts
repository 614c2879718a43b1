// How a client's proxy secures connections to a cluster, and whether the endpoints accept that.
// istio: pilot/pkg/networking/core/{cluster_tls,cluster_builder}.go, pilot/pkg/xds/endpoints/mtls_checker.go. All servers are
// taken to be PERMISSIVE.
import type { ClientTlsSettings } from '../config/kinds/destination-rule.js';
import type { Findings } from './findings.js';
import type { ClusterPlan } from './plan.js';
import type { PortInfo, Service } from './registry.js';
import type { Workload } from './workloads.js';

// Pods in ambient mode are reached through HBONE, which is mutual TLS of its own whatever stands here (istio: cluster_tls.go,
// applyHBONETransportSocketMatches): they do not count.

export type ClusterTls = Pick<ClusterPlan, 'tls' | 'reachable'>;

/** A TLS 1.3 handshake takes one round trip after that of TCP. */
const ROUND_TRIPS = 1;
const PLAINTEXT: ClusterTls = { tls: { mode: 'none', roundTrips: 0 }, reachable: 'yes' };
const MUTUAL: ClusterTls = { tls: { mode: 'mtls', roundTrips: ROUND_TRIPS }, reachable: 'yes' };

/** `tls` of the DestinationRule that counts; null: automatic mTLS wherever the server has a sidecar. */
export function clusterTls(
  tls: ClientTlsSettings | null,
  service: Service,
  port: PortInfo,
  endpoints: Service['endpoints'],
  findings: Findings,
): ClusterTls {
  const sidecars = sidecarShare(endpoints.filter(({ workload }) => !speaksHbone(workload)));
  if (sidecars === 'some') {
    findings.approximated(
      service.resource,
      'spec.selector',
      service.position,
      'only some of its pods have sidecars: all are reached as if none had',
    );
  }
  const meshed = sidecars === 'all';
  switch (tls?.mode) {
    case undefined:
      return meshed && !service.external ? MUTUAL : PLAINTEXT;
    case 'DISABLE':
      return PLAINTEXT;
    case 'ISTIO_MUTUAL':
      return { ...MUTUAL, reachable: meshed || sidecars === 'empty' ? 'yes' : 'tls-failure' };
    case 'SIMPLE':
    case 'MUTUAL':
      return {
        tls: { mode: 'tls', roundTrips: ROUND_TRIPS },
        reachable: acceptsTls(service, port, sidecarShare(endpoints)) ? 'yes' : 'tls-failure',
      };
  }
}

/** Services outside speak TLS where a rule says so; pods only on ports that are declared for it, and sidecars only mTLS. */
function acceptsTls(service: Service, port: PortInfo, sidecars: SidecarShare): boolean {
  if (service.external || service.source === 'entry' || sidecars === 'empty') return true;
  return port.protocol === 'tls' || port.protocol === 'tcp';
}

type SidecarShare = 'all' | 'some' | 'none' | 'empty';

function sidecarShare(endpoints: Service['endpoints']): SidecarShare {
  if (endpoints.length === 0) return 'empty';
  const meshed = endpoints.filter(({ workload }) => acceptsMutualTls(workload)).length;
  return meshed === endpoints.length ? 'all' : meshed === 0 ? 'none' : 'some';
}

/** Whether a pod is reached through HBONE, and reaches others through it. */
export function speaksHbone({ kind, ambient }: Workload): boolean {
  return ambient === true || kind === 'waypoint';
}

/** Pods with a sidecar; a gateway has a proxy, but its pods are not labelled for mTLS. */
function acceptsMutualTls(workload: Workload): boolean {
  return workload.kind === 'app' && workload.hasSidecar;
}
