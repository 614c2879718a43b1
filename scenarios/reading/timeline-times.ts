// When an entry of the timeline begins, how long it lasts and how it grows. Times are nanoseconds after the end of the warm-up.
import { TIMELINE_STARTS_MAX } from '../../models/bounds.js';
import { formatDuration } from '../../models/config/duration.js';
import type { FieldPath } from '../../models/config/resource.js';
import type { TimelineInput } from '../../models/plan/settings/timeline-input.js';
import type { ScenarioTimelineEntry, TimelineActionWord } from '../document/schema-timeline.js';
import type { ScenarioReader } from './reader.js';

export type Times = Pick<TimelineInput, 'durationNs' | 'rampNs'> & { readonly startsNs: readonly number[] };

type Entry = Pick<ScenarioTimelineEntry, 'at' | 'every' | 'until' | 'times' | 'for' | 'ramp'>;

/** What has a size that it can grow to. */
const GROWING: readonly TimelineActionWord[] = ['slow', 'fail', 'stealCpu', 'traffic', 'churn', 'delay', 'loss'];

/** What is over at once; what is written instead of `for`. */
const AT_ONCE: Partial<Record<TimelineActionWord, { readonly why: string; readonly hint: string }>> = {
  kill: {
    why: 'the pods are gone at once and are replaced',
    hint: 'remove it; `crash` is what goes on for a while',
  },
  stop: {
    why: 'the pods end by themselves and are replaced',
    hint: 'remove it; `crash` is what goes on for a while',
  },
  reconnect: { why: 'all connections end at once', hint: 'remove it; `churn` is what goes on for a while' },
  restart: { why: 'it takes as long as the pods take', hint: 'remove it' },
  scale: { why: 'the number of pods stays as it is then', hint: 'remove it; a second entry scales back' },
};

/** Reads the times of all entries of one timeline: together they begin at most TIMELINE_STARTS_MAX times. */
export class TimesReader {
  private starts = 0;

  /** @param endNs end of the run: what would begin then or later never happens */
  constructor(
    private readonly reader: ScenarioReader,
    private readonly endNs: number,
  ) {}

  read(path: FieldPath, entry: Entry, action: TimelineActionWord): Times {
    const everyNs = this.reader.positiveNs([...path, 'every'], entry.every, null);
    const durationNs = this.durationOf(path, entry, action);
    this.checkRepetition(path, entry, action, everyNs, durationNs);
    return {
      startsNs: this.startsOf(path, entry, everyNs),
      durationNs,
      rampNs: this.rampOf(path, entry, action, durationNs),
    };
  }

  private durationOf(path: FieldPath, entry: Entry, action: TimelineActionWord): number | null {
    const durationNs = this.reader.positiveNs([...path, 'for'], entry.for, null);
    const atOnce = AT_ONCE[action];
    if (atOnce === undefined) return durationNs;
    if (entry.for !== undefined) {
      this.reader.wrong([...path, 'for'], `has no meaning beside \`${action}\`: ${atOnce.why}`, atOnce.hint);
    }
    return 0;
  }

  private rampOf(path: FieldPath, { ramp }: Entry, action: TimelineActionWord, durationNs: number | null): number {
    const at = [...path, 'ramp'];
    const rampNs = this.reader.durationNs(at, ramp, 0);
    if (ramp !== undefined && !GROWING.includes(action)) {
      this.reader.wrong(at, `has no meaning beside \`${action}\``, `what grows is ${GROWING.join(', ')}`);
      return 0;
    }
    if (durationNs === null || rampNs <= durationNs) return rampNs;
    this.reader.wrong(
      at,
      `grows for ${formatDuration(rampNs)}, longer than it lasts: for ${formatDuration(durationNs)}`,
    );
    return 0;
  }

  private checkRepetition(
    path: FieldPath,
    entry: Entry,
    action: TimelineActionWord,
    everyNs: number | null,
    durationNs: number | null,
  ): void {
    if (entry.every === undefined) {
      for (const field of ['until', 'times'] as const) {
        if (entry[field] !== undefined) this.reader.wrong([...path, field], 'has no meaning without `every`');
      }
      return;
    }
    if (entry.until !== undefined && entry.times !== undefined) {
      this.reader.wrong([...path, 'times'], 'stands beside `until`', 'remove one of them');
    }
    if (everyNs === null || AT_ONCE[action] !== undefined) return;
    if (durationNs === null) {
      if (entry.for === undefined) {
        const hint = 'add how long each time lasts, e.g. `for: 10s`';
        this.reader.wrong(path, '`every` needs `for`: without it the first time lasts until the run ends', hint);
      }
    } else if (durationNs > everyNs) {
      const [lasts, every] = [durationNs, everyNs].map(formatDuration);
      this.reader.wrong([...path, 'for'], `lasts ${lasts}, longer than from one time to the next: every ${every}`);
    }
  }

  private startsOf(path: FieldPath, entry: Entry, everyNs: number | null): readonly number[] {
    const { reader, endNs } = this;
    if (entry.at === undefined && entry.every === undefined) {
      reader.wrong(path, 'does not say when: expected `at` or `every`', 'for example `at: 3m`');
      return [];
    }
    const firstNs = reader.durationNs([...path, 'at'], entry.at, entry.at === undefined ? everyNs : null);
    if (firstNs === null || (entry.every !== undefined && everyNs === null)) return [];
    const untilNs = reader.durationNs([...path, 'until'], entry.until, endNs);
    const stepNs = everyNs ?? endNs;
    const within = (limitNs: number): number => Math.max(0, Math.ceil((limitNs - firstNs) / stepNs));
    const wanted = everyNs === null ? 1 : (entry.times ?? within(untilNs));
    const happens = Math.min(wanted, within(Math.min(untilNs, endNs)));
    this.sayLeftOut(path, entry, firstNs, wanted, happens);
    this.starts += happens;
    if (this.starts > TIMELINE_STARTS_MAX) {
      const problem = `with this entry the timeline begins more than ${TIMELINE_STARTS_MAX} things`;
      reader.findings.error('too-many-starts', reader.at(path), problem, 'lengthen `every`, or shorten the run');
      this.starts -= happens;
      return [];
    }
    return Array.from({ length: happens }, (_, time) => firstNs + time * stepNs);
  }

  private sayLeftOut(path: FieldPath, entry: Entry, firstNs: number, wanted: number, happens: number): void {
    const { reader } = this;
    const end = `the run ends at ${formatDuration(this.endNs)}`;
    if (happens === 0) {
      if (firstNs < this.endNs) {
        reader.wrong([...path, 'until'], `ends before it begins, at ${formatDuration(firstNs)}`);
        return;
      }
      const field = entry.at === undefined ? 'every' : 'at';
      reader.warn('never-happens', [...path, field], `never happens: ${end}`, 'lengthen run.duration');
    } else if (happens < wanted && entry.until === undefined) {
      reader.warn(
        'never-happens',
        [...path, 'times'],
        `happens ${happens} times only: ${end}`,
        'lengthen run.duration',
      );
    }
  }
}
