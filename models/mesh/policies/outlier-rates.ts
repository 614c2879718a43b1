// Which hosts stand out among the others of a cluster in the interval that is over: by success rate, and by percentage of failures
// (envoy: source/common/upstream/outlier_detection_impl.cc, successRateEjectionThreshold, processSuccessRateEjections).
import { sqrt } from '../../../sim/math.js';
import type { FailurePercentagePlan, SuccessRatePlan } from '../../plan/contract/plan.js';

/** Requests of one host in the interval. */
export interface Volume {
  readonly total: number;
  readonly successes: number;
}

export function successRate({ total, successes }: Volume): number {
  return (100 * successes) / total;
}

/** So many standard deviations (of the population; in thousandths) below the mean. */
export function successRateThreshold(rates: readonly number[], stdevFactor: number): number {
  let sum = 0;
  for (const rate of rates) sum += rate;
  const mean = sum / rates.length;
  let squares = 0;
  for (const rate of rates) squares += (rate - mean) * (rate - mean);
  return mean - sqrt(squares / rates.length) * (stdevFactor / 1000);
}

/** Positions of the hosts that succeed too seldom; null for a host that is not to be judged (ejected). */
export function seldomSuccessful(volumes: readonly (Volume | null)[], plan: SuccessRatePlan): number[] {
  const judged = withVolume(volumes, plan.requestVolume);
  if (judged.length < plan.minimumHosts) return [];
  const rates = judged.map((position) => successRate(volumes[position] as Volume));
  const threshold = successRateThreshold(rates, plan.stdevFactor);
  return judged.filter((_, i) => rates[i] < threshold);
}

/** Positions of the hosts that fail too often. */
export function oftenFailing(volumes: readonly (Volume | null)[], plan: FailurePercentagePlan): number[] {
  const judged = withVolume(volumes, plan.requestVolume);
  if (judged.length < plan.minimumHosts) return [];
  return judged.filter((position) => 100 - successRate(volumes[position] as Volume) >= plan.threshold);
}

function withVolume(volumes: readonly (Volume | null)[], least: number): number[] {
  const found: number[] = [];
  volumes.forEach((volume, position) => {
    if (volume !== null && volume.total > 0 && volume.total >= least) found.push(position);
  });
  return found;
}
