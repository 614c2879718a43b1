// One line on a terminal while a run is under way: how far, how fast, how long still. It is wiped away at the end.
import { performance } from 'node:perf_hooks';
import type { WriteStream } from 'node:tty';
import { formatCount, formatDurationMs } from '../reports/numbers.js';
import type { RunProgress } from '../scenarios/run.js';

const BAR_WIDTH = 24;
const REDRAW_EVERY_MS = 80;
const WIPE = '\r\u001b[2K';

/** Everything that a line of progress says. */
export interface ProgressState {
  readonly phase: RunProgress['phase'];
  /** Replications of this phase, and how many of them are done. */
  readonly replications: number;
  readonly done: number;
  /** 0..1 of the simulated time of this phase. */
  readonly share: number;
  readonly events: number;
  /** Wall time since this phase began. */
  readonly elapsedMs: number;
}

/** `▕██████░░░░▏ 42 %  2 of 5 replications  1.20 M events/s  8 s left` */
export function progressLine({ phase, replications, done, share, events, elapsedMs }: ProgressState): string {
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  const bar = `▕${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}▏`;
  const what = phase === 'warm-up' ? 'finding the warm-up' : `${done} of ${replications} replications`;
  const parts = [`${bar} ${Math.floor(share * 100)} %`, what];
  if (elapsedMs > 300) parts.push(`${formatCount(Math.round((events / elapsedMs) * 1000))} events/s`);
  if (elapsedMs > 1000 && share > 0.02 && share < 1)
    parts.push(`${formatDurationMs(roundLeft((elapsedMs * (1 - share)) / share))} left`);
  return ` ${parts.join('  ')}`;
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
    this.stream.write(WIPE + progressLine(this.state(progress, nowMs)));
  };

  wipe(): void {
    if (this.stream.isTTY && this.phase !== null) this.stream.write(WIPE);
  }

  private state({ phase, replications, done, totalNs }: RunProgress, nowMs: number): ProgressState {
    let simulatedNs = 0;
    let events = 0;
    for (const one of this.running.values()) {
      simulatedNs += one.simulatedNs;
      events += one.events;
    }
    return {
      phase,
      replications,
      done,
      share: simulatedNs / (totalNs * replications),
      events,
      elapsedMs: nowMs - this.startedMs,
    };
  }
}

/** Whole seconds, and tens of seconds beyond a minute: nobody wants to see it flicker. */
function roundLeft(ms: number): number {
  const step = ms > 60_000 ? 10_000 : 1000;
  return Math.max(1000, Math.round(ms / step) * step);
}
