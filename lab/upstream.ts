// The servers of a case, on ports of the loopback: they take their time, answer with a status, close connections, or do not listen at all.
import { createServer as createHttp1, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { parseDurationNs } from '../scenarios/document/words.js';
import { compileDistribution, type Distribution, parseDistribution } from '../sim/distributions/index.js';
import { componentStream } from '../sim/random/stream.js';
import { HEALTH_PATH, type Host } from './case.js';
import type { Certificate } from './certificate.js';
import type { Fault } from './changes/change.js';
import { Door } from './changes/door.js';
import { until } from './clock.js';
import { Relay } from './relay.js';

export interface UpstreamOptions {
  readonly host: Host;
  readonly letter: string;
  readonly protocol: 'http1' | 'http2';
  /** Streams that an HTTP/2 server allows on a connection. */
  readonly maxConcurrentStreams: number;
  /** Names the draws: live runs of a case differ by it. */
  readonly seed: string;
  /** For TLS; null = plain text. */
  readonly certificate: Certificate | null;
  /** Round trip to it, on top of the loopback's. */
  readonly rttMs: number;
  /** It falls silent in the run: a way that can be shut leads to it. */
  readonly hasDoor: boolean;
  /** A request has come. */
  readonly arrived: (letter: string) => void;
}

export class Upstream {
  /** How late answers were, in all, and how many there were. */
  lateMs = 0;
  answers = 0;
  port = 0;
  private readonly options: UpstreamOptions;
  private readonly work: Distribution;
  private readonly draws: { next(): number };
  private readonly sockets = new Set<Socket>();
  private server: Server | Http2Server | null = null;
  relay: Relay | null = null;
  private door: Door | null = null;
  private fails = false;
  /** Answers that a process that stands still owes; null: it goes on. */
  private held: (() => void)[] | null = null;
  /** Requests on each session of HTTP/2. */
  private readonly served = new WeakMap<object, number>();

  constructor(options: UpstreamOptions) {
    const parsed = parseDistribution(options.host.work, parseDurationNs);
    if ('error' in parsed) throw new Error(`work of host ${options.letter}: ${parsed.error}`);
    this.options = options;
    this.work = compileDistribution(parsed.spec);
    this.draws = componentStream(options.seed, `host ${options.letter}`);
  }

  async start(): Promise<void> {
    const { host, protocol, maxConcurrentStreams, certificate, rttMs, hasDoor } = this.options;
    if (protocol === 'http2' && certificate !== null) throw new Error('servers of HTTP/2 speak plain text here');
    const server =
      protocol === 'http1'
        ? certificate === null
          ? createHttp1((request, response) => this.serve(request, response))
          : createHttps({ ...certificate }, (request, response) => this.serve(request, response))
        : createHttp2({ settings: { maxConcurrentStreams } }, (request, response) => this.serve(request, response));
    if ('keepAliveTimeout' in server) {
      server.keepAliveTimeout = 0;
      server.requestTimeout = 0;
      server.headersTimeout = 0;
      server.maxRequestsPerSocket = host.keepAlive ?? 0;
    }
    server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    if (rttMs > 0) {
      const { port } = this;
      this.relay = new Relay(() => port, rttMs);
      await this.relay.start();
      this.port = this.relay.port;
    }
    if (hasDoor) {
      this.door = await Door.open(this.port);
      this.port = this.door.port;
    }
    if (host.connection === 'refuse') await this.stop();
  }

  /** A fault begins. */
  async suffer(fault: Fault): Promise<void> {
    switch (fault) {
      case 'kill':
        await this.stop();
        return;
      case 'hang':
        this.held = [];
        return;
      case 'silence':
        await this.door?.shut();
        return;
      case 'fail':
        this.fails = true;
    }
  }

  /** And ends. */
  recover(fault: Fault): void {
    const { held } = this;
    switch (fault) {
      case 'kill':
        throw new Error('a process that was killed does not come back');
      case 'hang':
        this.held = null;
        for (const answer of held ?? []) answer();
        return;
      case 'silence':
        this.door?.reopen();
        return;
      case 'fail':
        this.fails = false;
    }
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.door?.stop();
    if (server === null) return;
    this.server = null;
    await this.relay?.stop();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  private serve(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
    const { host, letter, arrived } = this.options;
    request.resume();
    if (request.url === HEALTH_PATH) {
      response.statusCode = host.healthy === false || this.fails ? 503 : 200;
      response.end();
      return;
    }
    const startedMs = performance.now();
    arrived(letter);
    if (host.keepAlive !== undefined && 'stream' in request) this.sayGoodbye(request, host.keepAlive);
    if (host.connection === 'reset') {
      // Below HTTP/2, which would reset its streams one by one first.
      const { remotePort } = request.socket;
      for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.destroy();
      return;
    }
    const dueMs = startedMs + Math.max(0, this.work.sample(this.draws.next())) / 1e6;
    if (this.fails) {
      response.statusCode = 503;
      response.setHeader('content-length', '0');
      response.end();
      return;
    }
    const status = this.status();
    const whole = new Promise((resolve) => {
      request.once('end', resolve);
      request.once('close', resolve);
    });
    const answer = (): void => {
      if (response.destroyed) return;
      response.statusCode = status;
      // Without a body: a response that is retried does not cost its HTTP/1.1 connection.
      response.setHeader('content-length', '0');
      response.end();
    };
    void Promise.all([until(dueMs), whole]).then(() => {
      if (this.held !== null) {
        this.held.push(answer);
        return;
      }
      if (!response.destroyed) {
        this.lateMs += performance.now() - dueMs;
        this.answers++;
      }
      answer();
    });
  }

  /** GOAWAY with the last request that a session may carry: it is still answered. */
  private sayGoodbye({ stream }: Http2ServerRequest, requests: number): void {
    const { session } = stream;
    if (session === undefined) return;
    const count = (this.served.get(session) ?? 0) + 1;
    this.served.set(session, count);
    if (count === requests) session.goaway(0, stream.id);
  }

  private status(): number {
    const { errors } = this.options.host;
    if (errors === undefined) return 200;
    let left = this.draws.next();
    for (const [status, share] of Object.entries(errors)) {
      left -= share;
      if (left < 0) return Number(status);
    }
    return 200;
  }
}
