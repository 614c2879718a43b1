// The timers of Linux that end what no answer ends: unanswered SYNs, data that nobody acknowledges
// (linux: Documentation/networking/ip-sysctl.rst, net/ipv4/tcp_timer.c).
import { MS_NS, S_NS } from './time.js';

export interface SynOptions {
  /** tcp_syn_retries: SYNs beyond the first and beyond the linear ones. */
  readonly retries: number;
  /** tcp_syn_linear_timeouts: so many SYNs more, one after each first time-out. */
  readonly linearTimeouts: number;
}

/** Kernels since 6.5. */
export const LINEAR_SYN: SynOptions = { retries: 6, linearTimeouts: 4 };
/** Kernels before 6.5. */
export const DOUBLING_SYN: SynOptions = { retries: 6, linearTimeouts: 0 };

const FIRST_SYN_TIMEOUT_NS = S_NS;

export interface Sends {
  /** Since the first one, which is at 0. */
  readonly atNs: readonly number[];
  readonly givesUpNs: number;
}

/** When the SYNs of a connection attempt are sent that nobody answers, and when the kernel gives up (ETIMEDOUT). */
export function synSends({ retries, linearTimeouts }: SynOptions = LINEAR_SYN): Sends {
  const atNs = [0];
  let nowNs = 0;
  let timeoutNs = FIRST_SYN_TIMEOUT_NS;
  for (let sent = 1; sent <= linearTimeouts + retries; sent++) {
    nowNs += timeoutNs;
    atNs.push(nowNs);
    if (sent > linearTimeouts) timeoutNs *= 2;
  }
  return { atNs, givesUpNs: nowNs + timeoutNs };
}

export interface ResendOptions {
  /** Retransmission time-out of the connection before the loss: round trip and its variation, not below 200 ms. */
  readonly rtoNs: number;
  /** tcp_retries2. */
  readonly retries: number;
}

/** A connection of a short round trip. */
export const LINUX_RESEND: ResendOptions = { rtoNs: 200 * MS_NS, retries: 15 };

const MAX_RTO_NS = 120 * S_NS;

/**
 * When data is sent again that nobody acknowledges, since it was first sent, and when the connection is given up
 * (ETIMEDOUT).
 */
export function resends({ rtoNs, retries }: ResendOptions = LINUX_RESEND): Sends {
  const atNs = [0];
  let nowNs = 0;
  let timeoutNs = rtoNs;
  for (let sent = 1; sent <= retries; sent++) {
    nowNs += timeoutNs;
    atNs.push(nowNs);
    timeoutNs = Math.min(2 * timeoutNs, MAX_RTO_NS);
  }
  return { atNs, givesUpNs: nowNs + timeoutNs };
}

/**
 * When a connection moves again whose data was sent at `sentNs` into a silence that ends at `healedNs`: with its next
 * resend. Null: the kernel has given it up by then. Data sent after the silence moves at once; so does a new
 * connection.
 */
export function movesAgainNs(sentNs: number, healedNs: number, options: ResendOptions = LINUX_RESEND): number | null {
  return nextSendNs(sentNs, healedNs, resends(options));
}

/** When a connection attempt that began at `sentNs` is heard for the first time, likewise. */
export function synHeardNs(sentNs: number, healedNs: number, options: SynOptions = LINEAR_SYN): number | null {
  return nextSendNs(sentNs, healedNs, synSends(options));
}

function nextSendNs(sentNs: number, healedNs: number, { atNs }: Sends): number | null {
  const next = atNs.find((sinceNs) => sentNs + sinceNs >= healedNs);
  return next === undefined ? null : sentNs + next;
}
