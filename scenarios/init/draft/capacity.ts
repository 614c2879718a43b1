// How much load the mesh bears, by what is guessed about its work: the rate of a traffic source that nothing is known of is a round number
// that leaves the busiest service mostly idle. Utilisation law (Denning and Buzen 1978): busy share = rate × demand of a request / capacity.

/** Demand of one request of a source at a service. */
export interface Demand {
  readonly service: string;
  readonly cpuMs: number;
  /** CPU of all its pods together, in thousandths of a core. */
  readonly capacityMillis: number;
}

export interface RateGuess {
  readonly ratePerSecond: number;
  /** The busiest service at that rate, and its utilisation; null where no service has any demand. */
  readonly busiest: { readonly service: string; readonly utilisation: number } | null;
}

const ROUND_RATES = [50, 20, 10, 5, 2, 1] as const;
const UTILISATION_MAX = 0.5;
/** Calls of all services in a second; more takes long to simulate and tells no more. */
const CALLS_PER_SECOND_MAX = 5000;

/** The largest round rate with which no service is busier than half of its time; one a second where none is low enough. */
export function guessRate(demands: readonly Demand[], callsPerRequest: number): RateGuess {
  const perRequest = demands
    .map(({ service, cpuMs, capacityMillis }) => ({ service, busySeconds: cpuMs / Math.max(1, capacityMillis) }))
    .reduce<{ service: string; busySeconds: number } | null>(
      (most, next) => (most === null || next.busySeconds > most.busySeconds ? next : most),
      null,
    );
  const busiest = perRequest === null || perRequest.busySeconds === 0 ? null : perRequest;
  const fits = (rate: number): boolean =>
    rate * callsPerRequest <= CALLS_PER_SECOND_MAX && rate * (busiest?.busySeconds ?? 0) <= UTILISATION_MAX;
  const ratePerSecond = ROUND_RATES.find(fits) ?? 1;
  return {
    ratePerSecond,
    busiest: busiest === null ? null : { service: busiest.service, utilisation: ratePerSecond * busiest.busySeconds },
  };
}
