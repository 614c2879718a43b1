// One line on a terminal while a run is under way: how far, how fast, how long still. It is wiped away at the end.
import { performance } from 'node:perf_hooks';
import type { WriteStream } from 'node:tty';
import { displayWidth } from '../reports/layout.js';
import { formatDurationMs, formatNumber } from '../reports/numbers.js';
import type { RunProgress } from '../scenarios/running/job-progress.js';

const BAR_WIDTH = 12;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
const REDRAW_EVERY_MS = 80;
const WIPE = '\r\u001b[2K';

/** Everything that a line of progress says. */
export interface ProgressState {
  readonly phase: RunProgress['phase'];
  /** Replications that are measured, at most, and how many of them are done. */
  readonly replications: number;
  readonly done: number;
  /** Of the whole job, 0..1: by simulated time, or by the budget of wall time where that is spent first. */
  readonly share: number;
  /** Simulated time of the whole job so far. */
  readonly simulatedNs: number;
  /** Wall time since the job began. */
  readonly elapsedMs: number;
}

/** `▕█████░░░░░░░▏ 42 %  126 s simulated  34 × real time  8 s left  2 of 5 done`; what does not fit into `width` is left out. */
export function progressLine(state: ProgressState, width = 80): string {
  const { phase, replications, done, share, simulatedNs, elapsedMs } = state;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `▕${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}▏`;
  const parts = [` ${bar} ${Math.floor(share * 100)} %`];
  if (phase === 'warm-up') parts.push('finding the warm-up');
  parts.push(`${seconds(simulatedNs)} s simulated`);
  if (elapsedMs > 300) parts.push(`${formatNumber(simulatedNs / NS_PER_MS / elapsedMs)} × real time`);
  if (elapsedMs > 1000 && share > 0.02 && share < 1)
    parts.push(`${formatDurationMs(roundLeft((elapsedMs * (1 - share)) / share))} left`);
  if (phase === 'replications') parts.push(`${done} of ${replications} done`);
  let line = parts[0];
  for (const part of parts.slice(1)) {
    const longer = `${line}  ${part}`;
    if (displayWidth(longer) < width) line = longer;
  }
  return line;
}

function seconds(ns: number): string {
  return formatNumber(Math.round(ns / NS_PER_SECOND), 0);
}

/** Draws on `stream` as reports come in; on anything but a terminal it draws nothing. One bar for the whole job, which never goes back. */
export class ProgressPrinter {
  private startedMs: number | null = null;
  private drawnMs = 0;
  private share = 0;

  /** @param budgetMs wall time after which the job ends; Infinity: none. */
  constructor(
    private readonly stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>,
    private readonly budgetMs = Number.POSITIVE_INFINITY,
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly report = (progress: RunProgress): void => {
    if (!this.stream.isTTY) return;
    const nowMs = this.now();
    this.startedMs ??= nowMs;
    const state = this.state(progress, nowMs - this.startedMs);
    if (nowMs - this.drawnMs < REDRAW_EVERY_MS) return;
    this.drawnMs = nowMs;
    this.stream.write(WIPE + progressLine(state, this.stream.columns));
  };

  wipe(): void {
    if (this.stream.isTTY && this.startedMs !== null) this.stream.write(WIPE);
  }

  private state(progress: RunProgress, elapsedMs: number): ProgressState {
    const { phase, replications, done, jobSimulatedNs: simulatedNs, jobTotalNs } = progress;
    this.share = Math.max(this.share, Math.min(1, Math.max(simulatedNs / jobTotalNs, elapsedMs / this.budgetMs)));
    return { phase, replications, done, share: this.share, simulatedNs, elapsedMs };
  }
}

/** Whole seconds, and tens of seconds beyond a minute: nobody wants to see it flicker. */
function roundLeft(ms: number): number {
  const step = ms > 60_000 ? 10_000 : 1000;
  return Math.max(1000, Math.round(ms / step) * step);
}
