// A line to a server: every byte takes half a round trip in either direction, and what a client sends first waits for the round trip in which TCP
// would have been set up (the kernel accepts at once). Delays are taken by timers, which come up to a millisecond late.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { until } from './clock.js';

export class Relay {
  port = 0;
  /** How late pieces were passed on, in all, and how many there were. */
  lateMs = 0;
  pieces = 0;
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;

  constructor(
    private readonly target: () => number,
    private readonly rttMs: number,
  ) {}

  async start(): Promise<void> {
    const server = createServer((client) => this.join(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    this.port = address !== null && typeof address === 'object' ? address.port : 0;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  private join(client: Socket): void {
    const upMs = performance.now() + this.rttMs;
    const upstream = connect({ host: '127.0.0.1', port: this.target() });
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.sockets.delete(socket));
    }
    this.pass(client, upstream, upMs);
    this.pass(upstream, client, 0);
  }

  /** In order: each piece waits for the one before. @param notBeforeMs when the first byte may leave */
  private pass(from: Socket, to: Socket, notBeforeMs: number): void {
    let last = Promise.resolve();
    const later = (act: () => void): void => {
      const atMs = Math.max(performance.now(), notBeforeMs) + this.rttMs / 2;
      last = last
        .then(() => until(atMs))
        .then(() => {
          act();
          this.lateMs += performance.now() - atMs;
          this.pieces++;
        });
    };
    from.on('data', (data: Buffer) => later(() => to.destroyed || to.write(data)));
    from.on('close', () => later(() => to.destroy()));
  }
}
