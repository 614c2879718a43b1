// What one traversal of a sidecar costs when the user does not say: a fit to the published figures, not a measurement.
// istio.io: docs/ops/deployment/performance-and-scalability: HTTP/1.1, bodies of 1 kB, mTLS, two worker threads, 1000 requests a second.
// The page gives the CPU of a request (versions.ts) and what two sidecars add to its latency; of the CPU only so much lies on the request's
// way as fits into that latency. The rest comes after the response, as the page says of telemetry: it delays what comes next.
import type { ProxyCostInput, ZtunnelInput } from './input.js';
import { KNOWN_ISTIO_VERSIONS, type ReleaseDefaults, releaseDefaults } from './versions.js';

/** Wake-ups and the loopback redirect cost 0.05 ms a request, half of it in each direction: an engineering estimate. */
const LATENCY_NS = 25_000;

/** TLS records and copying, 1 to 2 µs a KiB and side: an engineering estimate. The first KiB is in the published figure. */
const CPU_PER_KIB_NS = 1_500;

/**
 * A full handshake with RSA-2048 keys, which Istio's workload certificates have by default (istio: pilot/cmd/pilot-agent/options/options.go):
 * an engineering estimate, 1 to 2 ms a side; with ECDSA P-256 about 0.3 ms. A resumed one signs nothing.
 */
const HANDSHAKE_CPU_NS = 1_500_000;
const RESUMED_HANDSHAKE_CPU_NS = 100_000;

const WAYPOINT_CPU_NS = 250_000;

/** The default cost of a traversal in a release; that of the newest where the release is unknown. Nanoseconds; `latencyNs` is paid once in each direction. */
export function defaultProxyCost(istioVersion: string): ProxyCostInput {
  const newest = KNOWN_ISTIO_VERSIONS[KNOWN_ISTIO_VERSIONS.length - 1];
  const release = (releaseDefaults(istioVersion) ?? releaseDefaults(newest)) as ReleaseDefaults;
  const directionCpuNs = Math.round(release.proxiesAddedP90Ns / 4) - LATENCY_NS;
  return {
    requestCpuNs: directionCpuNs,
    responseCpuNs: directionCpuNs,
    afterResponseCpuNs: release.proxyCpuNs - 2 * directionCpuNs,
    latencyNs: LATENCY_NS,
    handshakeCpuNs: HANDSHAKE_CPU_NS,
    resumedHandshakeCpuNs: RESUMED_HANDSHAKE_CPU_NS,
    cpuPerKiBNs: CPU_PER_KIB_NS,
    memoryBytes: release.proxyMemoryBytes,
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
    cpuPerKiBNs: CPU_PER_KIB_NS,
    memoryBytes: 12_000_000,
  };
}

/** A waypoint takes 0.25 vCPU for 1000 requests a second and 60 MB (the same page, 1.24), split as the cost of a sidecar is. */
export function defaultWaypointCost(): ProxyCostInput {
  const sidecar = defaultProxyCost(KNOWN_ISTIO_VERSIONS[KNOWN_ISTIO_VERSIONS.length - 1]);
  const { requestCpuNs, responseCpuNs } = sidecar;
  return { ...sidecar, afterResponseCpuNs: WAYPOINT_CPU_NS - requestCpuNs - responseCpuNs };
}
