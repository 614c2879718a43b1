// How load is spread over the priorities of a cluster, and when a priority is in panic (envoy:
// source/extensions/load_balancing_policies/common/load_balancer_impl.cc: recalculatePerPriorityState, recalculatePerPriorityPanic,
// recalculateLoadInTotalPanic). Pure arithmetic, done at each change of the hosts, never per request.

/** Healthy hosts count 1.4 times: a priority carries everything until fewer than 5 in 7 are healthy. */
export const OVERPROVISIONING = 140;

export interface PriorityLoads {
  /** Percent of the requests by priority; they sum up to 100 (0 where there is no host at all). */
  readonly loads: readonly number[];
  /** Whether all hosts of the priority are used, healthy or not. */
  readonly panic: readonly boolean[];
}

/** Availability of a priority in percent, at most 100. */
export function availability(healthy: number, total: number): number {
  return total === 0 ? 0 : Math.min(100, Math.floor((OVERPROVISIONING * healthy) / total));
}

/** Panic where there is one priority: too few healthy hosts, and even 140 % of them would not carry all. */
export function inPanic(healthy: number, total: number, thresholdPercent: number): boolean {
  if (total === 0) return false;
  return availability(healthy, total) < 100 && (100 * healthy) / total < thresholdPercent;
}

/** @param panicThresholdPercent 0 = never in panic */
export function priorityLoads(
  healthy: readonly number[],
  total: readonly number[],
  panicThresholdPercent: number,
): PriorityLoads {
  const available = total.map((hosts, priority) => availability(healthy[priority], hosts));
  const sum = Math.min(
    100,
    available.reduce((a, b) => a + b, 0),
  );
  if (sum === 0 && panicThresholdPercent === 0) {
    return { loads: total.map((_, priority) => (priority === 0 ? 100 : 0)), panic: total.map(() => false) };
  }
  const panic = total.map((hosts, priority) => {
    const healthyPercent = hosts === 0 ? 0 : (100 * healthy[priority]) / hosts;
    return sum !== 100 && healthyPercent < panicThresholdPercent;
  });
  if (panic.length > 0 && panic.every((inPanic) => inPanic)) return { loads: byHosts(total), panic };
  const loads = share(available, sum);
  return { loads, panic };
}

/** Of a remainder that rounding leaves, the first priority with any load gets all. */
function share(available: readonly number[], sum: number): number[] {
  let rest = 100;
  const loads = available.map((percent) => {
    const load = sum === 0 ? 0 : Math.min(rest, Math.floor((percent * 100) / sum));
    rest -= load;
    return load;
  });
  const first = loads.findIndex((load) => load > 0);
  if (first >= 0) loads[first] += rest;
  return loads;
}

/** Total panic: by the number of hosts. */
function byHosts(total: readonly number[]): number[] {
  const all = total.reduce((a, b) => a + b, 0);
  if (all === 0) return total.map(() => 0);
  let rest = 100;
  const loads = total.map((hosts) => {
    const load = Math.floor((100 * hosts) / all);
    rest -= load;
    return load;
  });
  const first = total.findIndex((hosts) => hosts > 0);
  loads[first] += rest;
  return loads;
}
