// What is seen of one run, live or simulated, in the same words.

export interface Latency {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** Up to 100 latencies that stand for all, the least first: the middles of as many equal parts (fewer calls: each of them). */
  readonly sampleMs: readonly number[];
}

/** Of how many latencies a sample is made. */
export const SAMPLE = 100;

/** Envoy's names in the camel case of the results, e.g. `upstreamRqTotal`; counters that stayed 0 are left out. */
export type Counters = Readonly<Record<string, number>>;

export interface Observation {
  /** Calls by status and response flags, as Envoy's access log prints them: `503 UO`. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Requests that reached each host. */
  readonly hosts: Readonly<Record<string, number>>;
  /** The hosts in the order in which requests reached them; empty if more than `PICKS_MAX`. */
  readonly picks: string;
  /** Requests that reached each host, by the parts of the load (`LabCase.partsMs`); absent: it has none. */
  readonly parts?: readonly Readonly<Record<string, number>>[];
  /** Sums over the clusters of the proxy. */
  readonly counters: Counters;
  /** From the intended start of a request to its answer, all answers. */
  readonly latency: Latency;
}

/** A longer sequence says no more than the counts do. */
export const PICKS_MAX = 400;

/** What the machine adds to the times of a case. */
export interface Costs {
  /** How late a server answers, on average. */
  readonly serverMs: number;
  /** How late a line passes on what has crossed it. */
  readonly lineMs: number;
  /** Between two requests of a burst, as the client comes to send them. */
  readonly sendMs: number;
}

export interface Calibration extends Costs {
  /** Cost of proxy, client and loopback for one request and its response, half of it in each direction. */
  readonly proxyMs: number;
  /** How late Envoy's timers fire: they have whole milliseconds (envoy: source/common/event/timer_impl.cc), and an event loop comes to them when it can. */
  readonly timerMs: number;
}

/** What a case saw of a real Envoy. */
export interface Recording {
  readonly schema: 'seatrial.lab/1';
  readonly case: string;
  readonly envoy: string;
  readonly command: string;
  readonly calibration: Calibration;
  /** One per live run of the same case. */
  readonly runs: readonly Observation[];
}
