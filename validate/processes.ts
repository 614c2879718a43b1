// Mutated runs in a few processes with bounds: a process that takes too long is killed, and so is known which run it was.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer } from './worker.js';

export interface Finding {
  readonly number: number;
  readonly application: string;
  readonly words: string;
}

export interface Totals {
  readonly runs: number;
  /** Simulated and reported. */
  readonly ran: number;
  /** Every try was refused, with a place. */
  readonly refused: number;
  /** Tries that were refused, with a place, as exit code 2 is. */
  readonly refusals: number;
  readonly events: number;
  readonly cpuSeconds: number;
  readonly slowestCpuMs: number;
  readonly slowestRun: number;
  /** Resident memory of the largest process, which has made many runs one after another. */
  readonly maxRssMiB: number;
  readonly findings: readonly Finding[];
}

export interface RunAllOptions {
  readonly first: number;
  readonly runs: number;
  readonly workers: number;
  /** No run begins after so much wall time. */
  readonly wallMs: number;
  onFinding(finding: Finding): void;
  onProgress(done: number): void;
}

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
const CPU_MS_MAX = 5000;
const RSS_BYTES_MAX = 1024 ** 3;
/** A process that has grown to this is replaced, so that the next peak is that of few runs. */
const RSS_BYTES_OLD = 500 * 1024 ** 2;
/** Wall time after which a run is taken for endless: the machine may be slow. */
const WALL_MS_MAX = 120_000;
const PROGRESS_EVERY = 100;
const MIB = 1024 ** 2;

export async function runAll(options: RunAllOptions): Promise<Totals> {
  const totals = new RunningTotals(options);
  let next = options.first;
  const end = options.first + options.runs;
  const stopAtMs = performance.now() + options.wallMs;
  const take = (): number | null => (next < end && performance.now() < stopAtMs ? next++ : null);
  await Promise.all(Array.from({ length: options.workers }, () => serve(take, totals)));
  return totals.totals();
}

/** One process after another until no number is left. */
async function serve(take: () => number | null, totals: RunningTotals): Promise<void> {
  let number = take();
  while (number !== null) {
    const child = fork(WORKER, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: ['--max-old-space-size=1024'],
    });
    await message(child);
    while (number !== null) {
      const answer = await ask(child, number);
      totals.take(number, answer);
      number = take();
      if (answer === null || answer.rssBytes > RSS_BYTES_OLD || answer.maxRssBytes > RSS_BYTES_MAX) break;
    }
    child.kill('SIGKILL');
  }
}

/** null: the process died or had to be killed. */
async function ask(child: ChildProcess, number: number): Promise<Answer | null> {
  child.send(number);
  const timer = setTimeout(() => child.kill('SIGKILL'), WALL_MS_MAX);
  try {
    return (await message(child)) as Answer | null;
  } finally {
    clearTimeout(timer);
  }
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    const done = (value: unknown): void => {
      child.removeListener('message', done);
      child.removeListener('exit', died);
      resolve(value);
    };
    const died = (): void => done(null);
    child.once('message', done);
    child.once('exit', died);
  });
}

class RunningTotals {
  private readonly findings: Finding[] = [];
  private done = 0;
  private ran = 0;
  private refused = 0;
  private refusals = 0;
  private events = 0;
  private cpuMs = 0;
  private slowestCpuMs = 0;
  private slowestRun = 0;
  private maxRssBytes = 0;

  constructor(private readonly options: RunAllOptions) {}

  take(number: number, answer: Answer | null): void {
    this.done += 1;
    if (this.done % PROGRESS_EVERY === 0) this.options.onProgress(this.done);
    if (answer === null) {
      this.found({
        number,
        application: '',
        words: `killed after ${WALL_MS_MAX / 1000} s, or dead for lack of memory`,
      });
      return;
    }
    const { outcome, application, cpuMs, maxRssBytes } = answer;
    this.cpuMs += cpuMs;
    this.maxRssBytes = Math.max(this.maxRssBytes, maxRssBytes);
    if (cpuMs > this.slowestCpuMs) {
      this.slowestCpuMs = cpuMs;
      this.slowestRun = number;
    }
    if (outcome.kind !== 'fault') this.refusals += outcome.refusals;
    if (outcome.kind === 'ran') {
      this.ran += 1;
      this.events += outcome.events;
    } else if (outcome.kind === 'refused') this.refused += 1;
    else this.found({ number, application, words: outcome.words });
    if (cpuMs > CPU_MS_MAX) this.found({ number, application, words: `${Math.round(cpuMs)} ms of CPU` });
    if (maxRssBytes > RSS_BYTES_MAX) this.found({ number, application, words: `${Math.round(maxRssBytes / MIB)} MiB` });
  }

  private found(finding: Finding): void {
    this.findings.push(finding);
    this.options.onFinding(finding);
  }

  totals(): Totals {
    return {
      runs: this.done,
      ran: this.ran,
      refused: this.refused,
      refusals: this.refusals,
      events: this.events,
      cpuSeconds: Math.round(this.cpuMs / 1000),
      slowestCpuMs: Math.round(this.slowestCpuMs),
      slowestRun: this.slowestRun,
      maxRssMiB: Math.round(this.maxRssBytes / MIB),
      findings: this.findings,
    };
  }
}
