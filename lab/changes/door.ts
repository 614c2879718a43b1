// A way to a server that can fall silent: a process of its own passes bytes on, and is stopped. The kernel takes what comes on connections that there are,
// as a network that loses every packet makes a sender believe for long, and once its short queue of new connections is full, it answers no SYN
// (linux: net/ipv4/tcp_input.c, tcp_conn_request).
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { sleep } from '../clock.js';

/** Passes bytes on between its port, which it tells, and the one that it is given. */
const PROGRAM = `
const { connect, createServer } = require('node:net');
const server = createServer((client) => {
  const far = connect({ host: '127.0.0.1', port: Number(process.argv[1]) });
  for (const [from, to] of [[client, far], [far, client]]) {
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(server.address().port + '\\n'));
`;
/** More than the queue takes. */
const FILLERS = 4;
const FULL_MS = 20;

export class Door {
  private readonly fillers: Socket[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    process.once('exit', this.endAtOnce);
  }

  /** @param target port of the server behind it */
  static open(target: number): Promise<Door> {
    const child = spawn(process.execPath, ['-e', PROGRAM, String(target)], { stdio: ['ignore', 'pipe', 'ignore'] });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('the door of a server ended by itself')));
      child.stdout?.once('data', (text: Buffer) => resolve(new Door(child, Number(text.toString()))));
    });
  }

  /** Nothing passes from now on. */
  async shut(): Promise<void> {
    this.child.kill('SIGSTOP');
    for (let i = 0; i < FILLERS; i++) {
      const filler = connect({ host: '127.0.0.1', port: this.port });
      filler.on('error', () => filler.destroy());
      this.fillers.push(filler);
    }
    await sleep(FULL_MS);
  }

  /** What has been held passes again. */
  reopen(): void {
    for (const filler of this.fillers.splice(0)) filler.destroy();
    this.child.kill('SIGCONT');
  }

  stop(): void {
    process.off('exit', this.endAtOnce);
    this.endAtOnce();
  }

  private readonly endAtOnce = (): void => {
    for (const filler of this.fillers.splice(0)) filler.destroy();
    this.child.kill('SIGKILL');
  };
}
