// One line on a terminal while a run is under way: how far, how fast, how long still. It is wiped away at the end.
import { performance } from 'node:perf_hooks';
import type { WriteStream } from 'node:tty';
import { displayWidth } from '../reports/layout.js';
import { formatDurationMs, formatNumber } from '../reports/numbers.js';
import type { RunProgress } from '../scenarios/run.js';

const BAR_WIDTH = 12;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
const REDRAW_EVERY_MS = 80;
const WIPE = '\r\u001b[2K';

/** Everything that a line of progress says. */
export interface ProgressState {
  readonly phase: RunProgress['phase'];
  /** Replications of this phase, and how many of them are done. */
  readonly replications: number;
  readonly done: number;
  /** Simulated time of all replications of this phase: so far, and in all. */
  readonly simulatedNs: number;
  readonly totalNs: number;
  /** Wall time since this phase began. */
  readonly elapsedMs: number;
}

/** `▕█████░░░░░░░▏ 42 %  126 of 300 s simulated  34 × real time  8 s left  2 of 5 done`; what does not fit into `width` is left out. */
export function progressLine(state: ProgressState, width = 80): string {
  const { phase, replications, done, simulatedNs, totalNs, elapsedMs } = state;
  const share = Math.min(1, simulatedNs / totalNs);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `▕${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}▏`;
  const parts = [` ${bar} ${Math.floor(share * 100)} %`];
  if (phase === 'warm-up') parts.push('finding the warm-up');
  parts.push(`${seconds(simulatedNs)} of ${seconds(totalNs)} s simulated`);
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

/** Draws on `stream` as reports come in; on anything but a terminal it draws nothing. */
export class ProgressPrinter {
  private phase: RunProgress['phase'] | null = null;
  private readonly running = new Map<number, RunProgress>();
  private startedMs = 0;
  private drawnMs = 0;

  constructor(private readonly stream: WriteStream) {}

  readonly report = (progress: RunProgress): void => {
    if (!this.stream.isTTY) return;
    const nowMs = performance.now();
    if (progress.phase !== this.phase) {
      this.phase = progress.phase;
      this.running.clear();
      this.startedMs = nowMs;
    }
    this.running.set(progress.replication, progress);
    if (nowMs - this.drawnMs < REDRAW_EVERY_MS) return;
    this.drawnMs = nowMs;
    this.stream.write(WIPE + progressLine(this.state(progress, nowMs), this.stream.columns));
  };

  wipe(): void {
    if (this.stream.isTTY && this.phase !== null) this.stream.write(WIPE);
  }

  private state({ phase, replications, done, totalNs }: RunProgress, nowMs: number): ProgressState {
    let simulatedNs = 0;
    for (const one of this.running.values()) simulatedNs += one.simulatedNs;
    return {
      phase,
      replications,
      done,
      simulatedNs,
      totalNs: totalNs * replications,
      elapsedMs: nowMs - this.startedMs,
    };
  }
}

/** Whole seconds, and tens of seconds beyond a minute: nobody wants to see it flicker. */
function roundLeft(ms: number): number {
  const step = ms > 60_000 ? 10_000 : 1000;
  return Math.max(1000, Math.round(ms / step) * step);
}
