// Linkerd's proxy as a process: its threads, its limits, and what it costs where the user does not say.
// linkerd2-proxy: linkerd2-proxy/src/rt.rs (one thread unless it is told of more cores); linkerd: charts/partials/templates/_proxy.tpl
// (cores from the CPU limit, no resources by default), linkerd.io: tasks/configuring-proxy-concurrency.
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import { parseQuantity } from '../../config/quantity.js';
import { type ProxyPlan, UNOBSERVED } from '../contract/plan.js';
import type { ProxyCostInput } from '../settings/input.js';
import { LINKERD_CONTAINER, type LinkerdConfig } from '../settings/linkerd-injection.js';
import { containerLimit, type PlacedLimit, quantityOf } from '../settings/proxy-limits.js';

/**
 * Engineering estimates, at the lower end of 0.1 to 0.2 ms of CPU and 0.3 to 0.5 ms of latency a request and proxy, half of it in each direction: not to be
 * compared with the published figures of Istio, which were taken otherwise.
 * Keys are of ECDSA P-256 (linkerd2-proxy: linkerd/meshtls). 26 MB is what the benchmark of linkerd.io (2021-11) saw at most, connections included.
 */
export function defaultLinkerdCost(): ProxyCostInput {
  return {
    requestCpuNs: 50_000,
    responseCpuNs: 50_000,
    afterResponseCpuNs: 0,
    latencyNs: 100_000,
    handshakeCpuNs: 300_000,
    resumedHandshakeCpuNs: 300_000,
    cpuPerKiBNs: 1_500,
    memoryBytes: 26_000_000,
  };
}

export function linkerdProxyPlan(pod: PodTemplate | null, config: LinkerdConfig, cost: ProxyCostInput): ProxyPlan {
  const { memoryBytes, ...costs } = cost;
  const cpuLimitMillis = linkerdLimit(pod, config, 'cpu')?.value ?? null;
  return {
    workers: cpuLimitMillis === null ? 1 : Math.max(1, Math.ceil(cpuLimitMillis / 1000)),
    ...costs,
    ...UNOBSERVED,
    cpuLimitMillis,
    sharedQueue: true,
    memory: {
      baseBytes: memoryBytes,
      configBytes: 0,
      perConnectionBytes: 0,
      limitBytes: linkerdLimit(pod, config, 'memory')?.value ?? null,
    },
    product: 'linkerd',
  };
}

/** Where the limit of a proxy is written: in the template of its pod, or in an annotation of the pod or its Namespace. */
export interface LinkerdLimit {
  readonly value: number | null;
  readonly place: PlacedLimit['place'] | 'annotation';
}

/** Null: no limit. */
export function linkerdLimit(
  pod: PodTemplate | null,
  config: LinkerdConfig,
  amount: 'cpu' | 'memory',
): LinkerdLimit | null {
  const text = config[`proxy-${amount}-limit`];
  if (parseQuantity(text ?? '') === null) return containerLimit(pod, LINKERD_CONTAINER, amount);
  return { value: quantityOf(text, amount), place: 'annotation' };
}
