// Random storms over a mesh: each is drawn, played under the same load with the same customers, and held against the run without one; the worst are made
// smaller.

import { meshesOf } from '../../models/plan/contract/meshes.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import type { LoadedScenario } from '../loading/load-scenario.js';
import type { ScenarioOverrides } from '../reading/interpret.js';
import { STORM_SCHEMA, type StormCase, type StormEntry, type StormResult } from '../result/storm-result.js';
import { JobProgress, type RunProgress } from '../running/job-progress.js';
import { drawStorm } from './draw.js';
import { type Answers, answersOf, byHarm, outcomeOf } from './score.js';
import { type Play, type PlayedStorm, shrunk } from './shrink.js';
import { Stage } from './stage.js';
import { stormScenario } from './storm-scenario.js';

export interface StormOptions {
  /** How many are drawn, >= 1. */
  readonly storms: number;
  /** How many of the worst are made smaller and reported, >= 0. */
  readonly worst: number;
  /** Threads, >= 1; 0 = on the caller's own thread. Never changes a result. */
  readonly workers: number;
  /** What the scenario was loaded with. */
  readonly overrides: ScenarioOverrides;
  /** Wall time in milliseconds after which no more storms are drawn; absent = unlimited. */
  readonly budgetMs?: number | undefined;
  readonly memoryMaxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface StormRun {
  /** null: interrupted before the first storm was done. */
  readonly result: StormResult | null;
  /** By the `file` of each case: a scenario that plays it; meshes are where they are as seen from `directory`. */
  readonly scenarioTexts: (outDirectory: string) => Readonly<Record<string, string>>;
}

/** Storms between two looks at the clock. */
const BATCH = 10;
/** A storm that costs no more is harmless. */
const HARMLESS_SHARE = 0.001;
/** Of storms that come to the same thing one is reported; so many are looked at for each that is wanted. */
const LOOKED_AT = 3;

/** @throws RangeError where `loaded` has no plan, or where nothing in the mesh can be hit. */
export async function runStorms(loaded: LoadedScenario, options: StormOptions): Promise<StormRun> {
  const { scenario } = loaded;
  if (scenario === null) throw new RangeError('the scenario was not loaded: look at its diagnostics');
  const startedMs = performance.now();
  const progress = new JobProgress(scenario.run, options.storms + 1, 1, options.onProgress);
  const stage = new Stage(loaded, options.overrides, options, progress);
  try {
    return await searched(stage, options, startedMs);
  } finally {
    await stage.close();
  }
}

async function searched(stage: Stage, options: StormOptions, startedMs: number): Promise<StormRun> {
  const targets = stage.targets;
  const nothing: StormRun = { result: null, scenarioTexts: () => ({}) };
  if (!(await stage.findWarmup())) return nothing;
  const [calmRun] = await stage.results([[]]);
  if (calmRun === undefined) return nothing;
  const calm = answersOf(calmRun);
  const { seed, durationNs } = stage.run;

  const played: (PlayedStorm & { readonly number: number })[] = [];
  const play = player(stage, calm);
  let stop: StormResult['stop'] = 'storms';
  for (let first = 0; first < options.storms && stop === 'storms'; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, options.storms - first) }, (_, i) => first + i);
    const storms = numbers.map((number) => drawStorm(targets, seed, number, durationNs));
    if (storms[0].length === 0) throw new RangeError('nothing in this mesh can be hit: no request reaches a pod');
    const outcomes = await play(storms);
    outcomes.forEach((outcome, i) => void played.push({ entries: storms[i], outcome, number: numbers[i] }));
    if (outcomes.length < storms.length) stop = 'interrupted';
    else if (performance.now() - startedMs > (options.budgetMs ?? Number.POSITIVE_INFINITY)) stop = 'budget';
  }
  if (played.length === 0) return nothing;
  if (played.length === options.storms) stop = 'storms';
  const cases = stop === 'interrupted' ? [] : await worstOf(played, options.worst, stage, play);
  if (options.signal?.aborted) stop = 'interrupted';
  const result: StormResult = {
    schema: STORM_SCHEMA,
    scenario: stage.scenario.name,
    seed,
    istioVersion: stage.scenario.istioVersion,
    meshes: meshesOf(stage.plan),
    durationNs,
    warmupNs: stage.warmupNs,
    stormsRequested: options.storms,
    storms: played.length,
    stop,
    runs: stage.runs,
    calm: { offered: calm.offered, goodShare: calm.offered === 0 ? 0 : calm.good / calm.offered },
    harmless: played.filter(({ outcome }) => outcome.recovered && outcome.lostShare <= HARMLESS_SHARE).length,
    notRecovered: played.filter(({ outcome }) => !outcome.recovered).length,
    worst: cases.map(({ told }) => told),
  };
  const scenarioTexts = (outDirectory: string): Record<string, string> =>
    Object.fromEntries(
      cases.map(({ told, entries }) => [told.file, stormScenario(stage, told, entries, outDirectory)]),
    );
  return { result, scenarioTexts };
}

function player(stage: Stage, calm: Answers): Play {
  return async (storms) => {
    const timelines = plannedEach(stage, storms);
    const results = await stage.results(timelines);
    return results.map((result, i) => outcomeOf(timelines[i], result, calm));
  };
}

/** All are planned at once. */
function plannedEach(
  stage: Stage,
  storms: readonly (readonly ScenarioTimelineEntry[])[],
): (readonly TimelineEntryPlan[])[] {
  const all = stage.planned(storms.flat());
  const odd = stage.plan.timeline;
  let from = 0;
  return storms.map(({ length }) => {
    from += length;
    return [...all.slice(from - length, from), ...odd];
  });
}

interface Case {
  readonly told: StormCase;
  readonly entries: readonly ScenarioTimelineEntry[];
}

async function worstOf(
  played: readonly (PlayedStorm & { readonly number: number })[],
  wanted: number,
  stage: Stage,
  play: Play,
): Promise<Case[]> {
  const ordered = [...played].sort((a, b) => byHarm(a.outcome, b.outcome) || a.number - b.number);
  const bad = ordered.filter(({ outcome }) => !outcome.recovered || outcome.lostShare > HARMLESS_SHARE);
  const found: Case[] = [];
  const kinds = new Set<string>();
  for (const storm of bad.slice(0, LOOKED_AT * wanted)) {
    if (found.length === wanted) break;
    const small = await shrunk(storm, play);
    const kind = small.entries.map(kindOf).sort().join('\n');
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    found.push({
      entries: small.entries,
      told: {
        storm: storm.number + 1,
        drawn: { entries: toldOf(stage, storm.entries), ...storm.outcome },
        entries: toldOf(stage, small.entries),
        ...small.outcome,
        file: '',
      },
    });
  }
  return found
    .sort((a, b) => byHarm(a.told, b.told))
    .map(({ told, entries }, i) => ({ entries, told: { ...told, file: `storm-${i + 1}.yaml` } }));
}

/** What is done to whom, whatever its size and time. */
function kindOf({ at: _at, for: _for, ...action }: ScenarioTimelineEntry): string {
  const parts = Object.entries(action).map(([word, given]) => {
    if (typeof given !== 'object' || given === null) return `${word} ${given}`;
    const { workload, zone, from, to, between, name } = given as Readonly<Record<string, unknown>>;
    return `${word} ${JSON.stringify([workload, zone, from, to, between, name])}`;
  });
  return parts.join(' ');
}

function toldOf(stage: Stage, entries: readonly ScenarioTimelineEntry[]): StormEntry[] {
  const planned = stage.planned(entries);
  return entries.map(({ at, for: lasts }, i) => ({
    at: String(at),
    ...(lasts === undefined ? {} : { for: String(lasts) }),
    name: planned[i].name,
  }));
}
