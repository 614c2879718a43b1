// How long a change takes to reach a proxy, where it is not simulated part by part: presets, and the sum of the parts.
// Istio publishes no such numbers; the presets are estimates and meant to be replaced by `pilot_proxy_convergence_time`
// of the reader's own mesh (which starts after the debounce).
import { exp, log, normalQuantile } from '../../sim/math.js';
import { MS_NS, S_NS } from './time.js';
import type { XdsType } from './xds-types.js';

export interface DelayPreset {
  /** From the endpoint slice, or the API server, to the proxy. */
  readonly medianNs: number;
  readonly p99Ns: number;
}

export type MeshSize = 'small' | 'medium' | 'large';

/** Up to 50 proxies, about 500, about 5000. Estimates. */
export const DELAY_PRESETS: Readonly<Record<MeshSize, DelayPreset>> = {
  small: { medianNs: 250 * MS_NS, p99Ns: 600 * MS_NS },
  medium: { medianNs: 500 * MS_NS, p99Ns: 2 * S_NS },
  large: { medianNs: 2 * S_NS, p99Ns: 10 * S_NS },
};

/** The preset for a mesh of so many proxies. */
export function meshSize(proxies: number): MeshSize {
  if (proxies <= 50) return 'small';
  return proxies <= 500 ? 'medium' : 'large';
}

/** A delay of the lognormal distribution that has this median and this 99th percentile. @param u uniform in (0, 1) */
export function presetDelayNs({ medianNs, p99Ns }: DelayPreset, u: number): number {
  const sigma = log(p99Ns / medianNs) / normalQuantile(0.99);
  return Math.round(medianNs * exp(sigma * normalQuantile(u)));
}

/**
 * Time to build a push's context: 10 ms where endpoints alone have changed, and 1 ms more for each service where more
 * has. An estimate.
 */
export function contextBuildNs(services: number, isEndpointsOnly: boolean): number {
  return (isEndpointsOnly ? 10 : 10 + services) * MS_NS;
}

/**
 * Time to generate and write a type for one proxy of a middle-sized mesh: estimates, within the 1 to 50 ms that a push
 * is said to take. Concurrent pushes share the CPUs of istiod: above so many pushes as it has cores each takes as much
 * longer.
 */
export const GENERATION_NS: Readonly<Record<XdsType, number>> = {
  cds: 5 * MS_NS,
  eds: 2 * MS_NS,
  lds: 5 * MS_NS,
  rds: 3 * MS_NS,
};

/** The parts of a delay, in their order. */
export interface DelayParts {
  readonly informerNs: number;
  /** Quiet time that the debounce waits for, counted from the last change of the burst. */
  readonly debounceNs: number;
  /** While another push still builds its context. */
  readonly waitNs: number;
  readonly contextNs: number;
  /** Generation and writing for one proxy, all types. */
  readonly generationNs: number;
  /** Of the proxy in the queue, from 1 on. */
  readonly queuePosition: number;
  /** Pushes at once. */
  readonly slots: number;
  readonly networkNs: number;
  /** From the arrival to the workers: warming, merge window. */
  readonly applyNs: number;
}

/** When the proxy at that place in the queue acts by the change, since it was made. */
export function propagationNs(parts: DelayParts): number {
  const turns = Math.ceil(parts.queuePosition / parts.slots);
  return (
    parts.informerNs +
    parts.debounceNs +
    parts.waitNs +
    parts.contextNs +
    turns * parts.generationNs +
    parts.networkNs +
    parts.applyNs
  );
}
