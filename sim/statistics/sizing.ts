// How long to simulate: the asymptotic variance of an M/M/1 queue tells what a run of a given precision costs at a utilisation.
// Sources: Whitt, Planning queueing simulations, Management Science 35 (1989); Daley, The serial correlation coefficients of waiting
// times in a stationary single server queue, J. Australian Math. Soc. 8 (1968).
import { normalQuantile } from '../math.js';

/** A steady-state mean and lim n · var(average of n observations) (or time × variance). */
export interface AsymptoticMoments {
  readonly mean: number;
  readonly variance: number;
}

export interface Precision {
  /** Half-width of the interval / mean, e.g. 0.05. */
  readonly relativeError: number;
  /** Confidence level; 0.95 unless given. */
  readonly level?: number;
}

/**
 * Waiting times (before service) of successive customers of an M/M/1 queue; times in units of 1 / `serviceRate`'s unit.
 * @throws RangeError unless 0 < utilisation < 1 and serviceRate > 0.
 */
export function mm1WaitSequence(utilisation: number, serviceRate: number): AsymptoticMoments {
  checkQueue(utilisation, serviceRate);
  const rho = utilisation;
  const idle = 1 - rho;
  const idle4 = idle * idle * idle * idle;
  return {
    mean: rho / (serviceRate * idle),
    variance: (rho * (2 + 5 * rho - 4 * rho * rho + rho * rho * rho)) / (serviceRate * serviceRate * idle4),
  };
}

/** Number in system of an M/M/1 queue over time. Errors as `mm1WaitSequence`. */
export function mm1NumberInSystem(utilisation: number, serviceRate: number): AsymptoticMoments {
  checkQueue(utilisation, serviceRate);
  const rho = utilisation;
  const idle = 1 - rho;
  return { mean: rho / idle, variance: (2 * rho * (1 + rho)) / (serviceRate * idle * idle * idle * idle) };
}

/**
 * Observations (or time) for a mean within a relative error: z² σ² / (ε² mean²), not rounded.
 * @throws RangeError unless relativeError > 0 and level is within (0, 1).
 */
export function requiredLength(
  { mean, variance }: AsymptoticMoments,
  { relativeError, level = 0.95 }: Precision,
): number {
  if (!(relativeError > 0) || !(level > 0 && level < 1)) {
    throw new RangeError(`no run length for a relative error of ${relativeError} at level ${level}`);
  }
  const z = normalQuantile((1 + level) / 2);
  return (z * z * variance) / (relativeError * relativeError * mean * mean);
}

function checkQueue(utilisation: number, serviceRate: number): void {
  if (!(utilisation > 0 && utilisation < 1) || !(serviceRate > 0)) {
    throw new RangeError(`no steady state for utilisation ${utilisation} and service rate ${serviceRate}`);
  }
}
