// How long and how often: `spec.run`, with what the command line overrides.
import { EVENTS_MAX } from '../../models/bounds.js';
import type { ScenarioSpec } from '../document/schema.js';
import { parseDurationNs } from '../document/words.js';
import type { ScenarioReader } from './reader.js';
import type { RunSettings } from './scenario.js';

const DEFAULT_DURATION_NS = 60e9;
/** Time to recover in, after the last entry of a timeline. */
const AFTERWARDS_NS = 30e9;
const DEFAULT_REPLICATIONS = 5;

/** What a caller sets in place of the scenario's own values. */
export interface RunOverrides {
  readonly seed?: string | undefined;
  readonly replications?: number | undefined;
  /** A Go duration, e.g. `10s`. */
  readonly duration?: string | undefined;
  /** `auto` or a Go duration. */
  readonly warmup?: string | undefined;
}

/** @param stagesNs end of the last stage: the default duration where there are stages; else a minute, or until half a minute after the timeline. */
export function readRun(
  reader: ScenarioReader,
  spec: ScenarioSpec,
  name: string,
  stagesNs: number,
  overrides: RunOverrides,
): RunSettings {
  const path = ['spec', 'run'];
  const given = spec.run ?? {};
  const fallbackNs = stagesNs > 0 ? stagesNs : Math.max(DEFAULT_DURATION_NS, endOfTimelineNs(spec) + AFTERWARDS_NS);
  const ownNs = reader.positiveNs([...path, 'duration'], given.duration, fallbackNs);
  const durationNs = overridden(reader, 'duration', overrides.duration, ownNs);
  const ownWarmup = given.warmup === 'auto' ? null : reader.durationNs([...path, 'warmup'], given.warmup, null);
  const warmupNs = overrides.warmup === 'auto' ? null : overridden(reader, 'warmup', overrides.warmup, ownWarmup);
  return {
    seed: overrides.seed ?? (given.seed === undefined ? name : String(given.seed)),
    durationNs,
    warmupNs,
    replications: replicationsOf(reader, overrides.replications, given.replications),
    maxEvents: given.maxEvents ?? EVENTS_MAX,
    intervalNs: seriesInterval(durationNs),
  };
}

/** When the last entry of the timeline is over that says so, each at its first time; 0 without a timeline. What is wrong there is said elsewhere. */
function endOfTimelineNs({ timeline = [] }: ScenarioSpec): number {
  const ends = timeline.map(({ at, for: lasts }) => (nsOf(at) ?? 0) + (nsOf(lasts) ?? 0));
  return Math.max(-AFTERWARDS_NS, ...ends);
}

function nsOf(word: string | number | undefined): number | null {
  return word === undefined ? null : parseDurationNs(String(word));
}

function overridden<T extends number | null>(
  reader: ScenarioReader,
  what: 'duration' | 'warmup',
  word: string | undefined,
  own: T,
): number | T {
  if (word === undefined) return own;
  const value = parseDurationNs(word);
  if (value !== null && (value > 0 || what === 'warmup')) return value;
  const hint = 'give a duration such as 30s';
  reader.findings.error('wrong-option', null, `the ${what} ${JSON.stringify(word)} is not a duration above zero`, hint);
  return own;
}

function replicationsOf(reader: ScenarioReader, override: number | undefined, given: number | undefined): number {
  if (override === undefined) return given ?? DEFAULT_REPLICATIONS;
  if (Number.isSafeInteger(override) && override >= 1) return override;
  reader.findings.error(
    'wrong-option',
    null,
    `the number of replications is ${override}`,
    'give a whole number of at least 1',
  );
  return given ?? DEFAULT_REPLICATIONS;
}

/** Intervals of a chart that people can still read. */
const MOST_INTERVALS = 240;
/** A run with a timeline: what is over soon shows in intervals that are no longer than a second, as far as there are not too many of them. */
const LEAST_INTERVALS_OF_TIMELINE = 200;
const MOST_INTERVALS_OF_TIMELINE = 1200;
const INTERVAL_OF_TIMELINE_NS = 1e9;

/** Width of the series' intervals: a round number (1, 2 or 5 times a power of ten) that makes at most 240 of the duration. */
export function seriesInterval(durationNs: number): number {
  return roundUp(durationNs / MOST_INTERVALS);
}

/** The same for a run with a timeline: at least 200 intervals, of at most a second in a run of up to 20 minutes. */
export function timelineInterval(durationNs: number): number {
  const fineNs = roundDown(Math.min(durationNs / LEAST_INTERVALS_OF_TIMELINE, INTERVAL_OF_TIMELINE_NS));
  return Math.max(fineNs, roundUp(durationNs / MOST_INTERVALS_OF_TIMELINE));
}

function roundUp(least: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const digit of [1, 2, 5]) if (digit * decade >= least) return digit * decade;
  }
}

/** At least 1. */
function roundDown(most: number): number {
  let found = 1;
  for (let decade = 1; decade <= most; decade *= 10) {
    for (const digit of [1, 2, 5]) if (digit * decade <= most) found = digit * decade;
  }
  return found;
}
