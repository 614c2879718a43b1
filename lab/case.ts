// A case of the lab: one client with one proxy, a few servers, a policy, a load, and what is compared. The same case runs through a real Envoy and
// through the simulation. To add one, add an entry to a file of lab/cases.
import type { MeshPlan } from '../models/plan/contract/plan.js';
import type { Change } from './changes/change.js';
import type { Check } from './checks.js';

/** One pod behind the service `server`; the hosts of a case are called a, b, c … and have the subset of that name. */
export interface Host {
  /** Service time, in the words of the Scenario file: `20ms`, `exponential(mean=20ms)`. */
  readonly work: string;
  /** Answers of its own: share (0..1) by status. */
  readonly errors?: Readonly<Record<number, number>>;
  /** `refuse`: nobody listens. `reset`: the connection is closed once a request has come. Default `ok`. All hosts of a case agree. */
  readonly connection?: 'ok' | 'refuse' | 'reset';
  /** What it answers to checks of its health. Default: it passes. */
  readonly healthy?: boolean;
  /** Where it is, as `region/zone`; the client is in `r1/z1`. Default: beside the client. */
  readonly zone?: string;
  /** Requests after which it closes a connection of HTTP/1.1, or says GOAWAY on one of HTTP/2. Default: never. All hosts of a case agree. */
  readonly keepAlive?: number;
}

export type Load =
  /** So many requests at once, at these times. */
  | { readonly kind: 'bursts'; readonly bursts: readonly { readonly atMs: number; readonly requests: number }[] }
  /** Evenly spaced or Poisson, whatever the answers do. */
  | {
      readonly kind: 'open';
      readonly process: 'constant' | 'poisson';
      readonly ratePerSecond: number;
      readonly requests: number;
    }
  /** Connections that wait for their answer before they send again. */
  | { readonly kind: 'closed'; readonly connections: number; readonly durationMs: number };

export interface LabCase {
  /** Name of its recording. */
  readonly name: string;
  /** What it asks, in one sentence. */
  readonly question: string;
  readonly hosts: readonly Host[];
  /** `trafficPolicy` of the DestinationRule. */
  readonly policy?: object;
  /** Letters of the hosts that have a subset of their own. Default: all. */
  readonly subsets?: string;
  /** The rule of the VirtualService, over a plain route without retries. */
  readonly http?: object;
  readonly load: Load;
  /** What changes while the load runs. */
  readonly changes?: readonly Change[];
  /** Letters of the hosts that the proxy hears of only by a change. */
  readonly absent?: string;
  /** Where the load is divided, in milliseconds from its beginning: requests are counted for each part by itself. */
  readonly partsMs?: readonly number[];
  /** So many users, all alike, whom a consistent hash tells apart; 1 = the same key always. */
  readonly keys?: number;
  /** Bytes of the body of each request. Default: none. */
  readonly bodyBytes?: number;
  /** Active checks of `/healthz`, in the words of Envoy's `health_checks`, merged into the cluster by an EnvoyFilter. */
  readonly healthCheck?: object;
  /** Zones of the pods of the client's workload, as `region/zone`; the first one calls. Default: one in `r1/z1`. */
  readonly callers?: readonly string[];
  /** Worker threads of the proxy. Default 1. */
  readonly workers?: number;
  /** Round trip to the servers, on top of the loopback's. Default 0. */
  readonly rttMs?: number;
  /** The proxy speaks TLS of this version to the servers, whose certificate is RSA-2048 and made for the run. Default: plain text. */
  readonly tls?: '1.2' | '1.3';
  /** Own time-out of the client. */
  readonly clientTimeoutMs?: number;
  /** Before either side sees the plan: what YAML cannot say. */
  readonly adjust?: (plan: MeshPlan) => MeshPlan;
  /** Tokens that the real Envoy reads for itself, in place of the ones that the plan has resolved. */
  readonly envoyRetryOn?: string;
  /** Real time between the requests that warm the client (the filters see them) and the first of the load. Default 0. */
  readonly settleMs?: number;
  /** Nothing warms the client: its first requests are the first that the filters see. */
  readonly cold?: boolean;
  readonly checks: readonly Check[];
  /** A live run in which any request takes longer, or a change comes so late, is repeated: the machine was busy with something else. */
  readonly quietMs?: number;
  /** Live runs; more where each has its own luck. Default 3. */
  readonly runs?: number;
  /** Runs of the simulation whose mean is compared; more where chance has a part. Default 1. */
  readonly replications?: number;
  /** Simulated and real time after the last request until everything is over. Default 1000. */
  readonly drainMs?: number;
}

/** More than the 1 MiB that a listener buffers of a request of HTTP/1.1. */
export const LARGE_BYTES = 1_600_000;

/** What checks of the health ask for. */
export const HEALTH_PATH = '/healthz';

export const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
