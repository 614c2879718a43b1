// The client of a case: sends what the load says, to the proxy, and takes the time from the intended start of each request.
import { Agent, request } from 'node:http';
import { CALL_HEADER, HASH_HEADER, type SocketAddress } from '../reports/envoy/bootstrap.js';
import { componentStream } from '../sim/random/stream.js';
import type { Load } from './case.js';
import { sleep, until } from './clock.js';

export interface ClientOptions {
  readonly proxy: SocketAddress;
  /** The call, by its name in the proxy's routes. */
  readonly call: string;
  readonly load: Load;
  /** Between the client's warming and the load. */
  readonly settleMs: number;
  /** Without the warming. */
  readonly cold: boolean;
  /** Own time-out; 0 = none. */
  readonly timeoutMs: number;
  readonly seed: string;
  /** Of the body of each request; 0 = none. */
  readonly bodyBytes: number;
  /** Users, whose number is in the header that a hash looks at; 0 = no such header. */
  readonly keys: number;
  /** Told when the load is about to begin, on the clock of `performance.now()`. */
  readonly begins: (startMs: number) => void;
}

/** Upper bound for any one answer, whatever a case does. */
const PATIENCE_MS = 30_000;
const CONNECTIONS_MAX = 64;
const WARM_ROUNDS = 5;
const WARM_CALL = 'warm-up';
/** Open loads have about so many seconds of requests under way. */
const TYPICAL_S = 0.05;

export interface ClientSeen {
  /** In milliseconds, of every request in the order of its end. */
  readonly latenciesMs: readonly number[];
  /** Between two requests of a burst, on average. */
  readonly sendMs: number;
}

/**
 * Sends everything and waits for the answers. Latency counts from the intended start of a request; in a burst, which no client can send at one instant,
 * from when its bytes were with the kernel.
 */
export async function runClient(options: ClientOptions): Promise<ClientSeen> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4096, noDelay: true, scheduling: 'lifo' });
  const latenciesMs: number[] = [];
  const isBurst = options.load.kind === 'bursts';
  const sentMs = new Map<number, number[]>();
  const draws = componentStream(options.seed, 'users');
  const send = async (intendedMs: number, untilMs = Number.POSITIVE_INFINITY): Promise<void> => {
    const atMs = await sendOne(agent, options, Math.floor(draws.next() * options.keys) + 1);
    // The simulation ends with a closed load, and does not know of what is still under way.
    if (performance.now() <= untilMs) latenciesMs.push(performance.now() - (isBurst ? atMs : intendedMs));
    if (isBurst) sentMs.set(intendedMs, [...(sentMs.get(intendedMs) ?? []), atMs]);
  };
  try {
    if (!options.cold) await warm(agent, options);
    await sleep(options.settleMs);
    const startMs = performance.now() + 20;
    options.begins(startMs);
    await sendAll(options, startMs, send);
  } finally {
    agent.destroy();
  }
  return { latenciesMs, sendMs: meanGap([...sentMs.values()]) };
}

function meanGap(bursts: readonly (readonly number[])[]): number {
  const gaps = bursts.reduce((sum, { length }) => sum + length - 1, 0);
  const lastedMs = bursts.reduce((sum, times) => sum + Math.max(...times) - Math.min(...times), 0);
  return gaps === 0 ? 0 : lastedMs / gaps;
}

/** Opens the connections that the load needs, with requests of a call that no route has. */
async function warm(agent: Agent, options: ClientOptions): Promise<void> {
  const count = Math.min(CONNECTIONS_MAX, connectionsOf(options.load));
  for (let round = 0; round < WARM_ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: count }, () => sendOne(agent, { ...options, call: WARM_CALL, bodyBytes: 0 }, 0)),
    );
  }
}

function connectionsOf(load: Load): number {
  switch (load.kind) {
    case 'bursts':
      return Math.max(...load.bursts.map(({ requests }) => requests));
    case 'open':
      return Math.ceil(load.ratePerSecond * TYPICAL_S);
    case 'closed':
      return load.connections;
  }
}

async function sendAll(
  { load, seed }: ClientOptions,
  startMs: number,
  send: (intendedMs: number, untilMs?: number) => Promise<void>,
): Promise<void> {
  switch (load.kind) {
    case 'closed': {
      const loop = async (): Promise<void> => {
        await until(startMs);
        const endMs = startMs + load.durationMs;
        while (performance.now() < endMs) await send(performance.now(), endMs);
      };
      await Promise.all(Array.from({ length: load.connections }, loop));
      return;
    }
    case 'open':
    case 'bursts': {
      const open: Promise<void>[] = [];
      for (const offsetMs of offsets(load, seed)) {
        const intendedMs = startMs + offsetMs;
        await until(intendedMs);
        open.push(send(intendedMs));
      }
      await Promise.all(open);
      return;
    }
  }
}

function offsets(load: Exclude<Load, { kind: 'closed' }>, seed: string): number[] {
  switch (load.kind) {
    case 'bursts':
      return load.bursts.flatMap(({ atMs, requests }) => new Array<number>(requests).fill(atMs));
    case 'open': {
      const gapMs = 1000 / load.ratePerSecond;
      const draws = componentStream(seed, 'arrivals');
      let atMs = 0;
      return Array.from({ length: load.requests }, () => {
        atMs += load.process === 'constant' ? gapMs : -Math.log(draws.next()) * gapMs;
        return atMs;
      });
    }
  }
}

/** Resolves when the request has ended, well or not: with the time at which the kernel had all of it. */
function sendOne(
  agent: Agent,
  { proxy, call, timeoutMs, keys, bodyBytes }: ClientOptions,
  user: number,
): Promise<number> {
  return new Promise((resolve) => {
    let sentMs = performance.now();
    const outgoing = request({
      agent,
      method: bodyBytes > 0 ? 'POST' : 'GET',
      host: proxy.address,
      port: proxy.port,
      path: '/',
      headers: { host: 'server', [CALL_HEADER]: call, ...(keys > 0 ? { [`${HASH_HEADER}-0`]: `user-${user}` } : {}) },
    });
    const timer = setTimeout(() => outgoing.destroy(), timeoutMs > 0 ? timeoutMs : PATIENCE_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve(sentMs);
    };
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', end);
      response.on('error', end);
    });
    outgoing.on('error', end);
    outgoing.on('finish', () => {
      sentMs = performance.now();
    });
    outgoing.end(bodyBytes > 0 ? Buffer.alloc(bodyBytes) : undefined);
  });
}
