// What one traversal of a sidecar costs when the user does not say: a fit to the published figures, not a measurement.
// istio.io: docs/ops/deployment/performance-and-scalability (1.24: 0.20 vCPU for 1000 requests a second and proxy, 1.20 – 1.23:
// 0.50 vCPU; 1.20: 0.228 ms added at p90 by two proxies). The page says that telemetry runs after the response is sent.
import type { ProxyCostInput, ZtunnelInput } from './input.js';
import { KNOWN_ISTIO_VERSIONS, type ReleaseDefaults, releaseDefaults } from './versions.js';

/** 0.18 ms of CPU on the way of a request and its response, half each. */
const PATH_CPU_NS = 180_000;
/** Wake-ups and the loopback redirect cost 0.05 ms a request, half of it in each direction. */
const LATENCY_NS = 25_000;

/**
 * A full handshake with RSA-2048 keys, which Istio's workload certificates have by default (istio: pilot/cmd/pilot-agent/options/options.go):
 * an engineering estimate, 1 to 2 ms a side; with ECDSA P-256 about 0.3 ms. A resumed one signs nothing.
 */
const HANDSHAKE_CPU_NS = 1_500_000;
const RESUMED_HANDSHAKE_CPU_NS = 100_000;

/** The default cost of a traversal in a release; that of the newest where the release is unknown. Nanoseconds; `latencyNs` is paid once in each direction. */
export function defaultProxyCost(istioVersion: string): ProxyCostInput {
  const newest = KNOWN_ISTIO_VERSIONS[KNOWN_ISTIO_VERSIONS.length - 1];
  const release = (releaseDefaults(istioVersion) ?? releaseDefaults(newest)) as ReleaseDefaults;
  return {
    requestCpuNs: PATH_CPU_NS / 2,
    responseCpuNs: PATH_CPU_NS / 2,
    afterResponseCpuNs: release.proxyAfterResponseCpuNs,
    latencyNs: LATENCY_NS,
    handshakeCpuNs: HANDSHAKE_CPU_NS,
    resumedHandshakeCpuNs: RESUMED_HANDSHAKE_CPU_NS,
  };
}

/**
 * istio.io, the same page for 1.24: a ztunnel takes 0.06 vCPU for 1000 requests a second, half of it counted for each direction here; for 1.22: two
 * of them add 0.17 ms at p90, which leaves 12.5 µs of latency without CPU for each and direction. Two threads (ztunnel: src/config.rs), keys
 * of ECDSA P-256 (ztunnel: src/tls/csr.rs): the CPU of a handshake is an estimate.
 */
export function defaultZtunnelCost(): ZtunnelInput {
  return {
    workers: 2,
    requestCpuNs: 30_000,
    responseCpuNs: 30_000,
    afterResponseCpuNs: 0,
    latencyNs: 12_500,
    handshakeCpuNs: 300_000,
    resumedHandshakeCpuNs: 300_000,
  };
}

/** A waypoint takes 0.25 vCPU for 1000 requests a second (the same page, 1.24), split as that of a sidecar is. */
export function defaultWaypointCost(): ProxyCostInput {
  return {
    requestCpuNs: PATH_CPU_NS / 2,
    responseCpuNs: PATH_CPU_NS / 2,
    afterResponseCpuNs: 70_000,
    latencyNs: LATENCY_NS,
    handshakeCpuNs: HANDSHAKE_CPU_NS,
    resumedHandshakeCpuNs: RESUMED_HANDSHAKE_CPU_NS,
  };
}
