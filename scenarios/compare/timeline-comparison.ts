// Two worlds under a timeline: which of them gets over it better, entry by entry and phase by phase. Phases and entries are matched by their names; what
// the pairs of replications say is judged as all other metrics are.
import { phasesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { DiffSettings } from '../result/diff-result.js';
import type {
  EventComparison,
  EventSide,
  PhaseComparison,
  TimelineComparison,
  TimelineMetric,
  TimelineVerdict,
} from '../result/timeline-diff-result.js';
import type { ImpactSummary } from '../result/timeline-result.js';
import { lostByEntry } from '../summary/impact.js';
import { phaseNames } from '../summary/phases.js';
import { pairUp } from './differences.js';
import type { Reading } from './readings.js';
import { type JudgedInput, judgeAll } from './verdicts.js';

/** One world: its replications, and what they came to. */
export interface TimelineArm {
  readonly plan: MeshPlan;
  readonly results: readonly ReplicationResult[];
  readonly impacts: readonly ImpactSummary[];
}

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
/** Good answers of a phase in each replication, for its median and for its 99th percentile. */
const MEDIAN_LEAST = 20;
const P99_LEAST = 1000;

/** null: no timeline in either world. @param durationNs of both */
export function compareTimelines(
  base: TimelineArm,
  candidate: TimelineArm,
  durationNs: number,
  settings: DiffSettings,
): TimelineComparison | null {
  const phases = sides(phasesIn(base, durationNs), phasesIn(candidate, durationNs), ({ name }) => name);
  if (phases.length === 0) return null;
  const [baseLost, candidateLost] = [base, candidate].map(({ plan, results }) => {
    return new Map(lostByEntry({ plan, durationNs, slos: [], results }).map((own) => [own.entry, own.lost]));
  });
  const events = sides(base.impacts, candidate.impacts, ({ entry }) => entry);
  const inputs: JudgedInput[] = [];
  const asked = (key: string, own: Numbers | null, other: Numbers | null): JudgedInput | null => {
    if (own === null || other === null) return null;
    const isUntouched = own.values.every((value, r) => Object.is(value, other.values[r]));
    const subject = { subject: { kind: 'all' } as const, subjectKey: key, isUntouched };
    const pair = pairUp({ ...subject, base: readingOf(own), candidate: readingOf(other) }, settings);
    const input: JudgedInput = { pair, role: 'other', better: own.better };
    inputs.push(input);
    return input;
  };
  const askedPhases = phases.map(({ key, base: own, candidate: other }) => ({
    key,
    own,
    other,
    metrics: METRICS.map((metric) => asked(`${key} ${metric}`, own?.[metric] ?? null, other?.[metric] ?? null)),
  }));
  const askedEvents = events.map(({ key, base: own, candidate: other }) => ({
    key,
    own,
    other,
    lost: asked(`${key} lost`, countsOf(baseLost.get(key)), countsOf(candidateLost.get(key))),
  }));
  const judged = new Map(judgeAll(inputs, settings).map((one, i) => [inputs[i], one]));
  const told = (input: JudgedInput | null): TimelineMetric | null => {
    const found = input === null ? undefined : judged.get(input);
    if (found === undefined) return null;
    const { baseMean, candidateMean, difference, reason } = found.pair;
    return { base: baseMean, candidate: candidateMean, difference, verdict: verdictOf(found.verdict), reason };
  };
  const toldPhases = askedPhases.map(({ key, own, other, metrics }): PhaseComparison => {
    const [goodputPerSecond, errorShare, p50Ms, p99Ms] = metrics.map(told);
    return {
      name: key,
      base: own === null ? null : { fromSeconds: own.fromNs / NS_PER_SECOND, toSeconds: own.toNs / NS_PER_SECOND },
      candidate:
        other === null ? null : { fromSeconds: other.fromNs / NS_PER_SECOND, toSeconds: other.toNs / NS_PER_SECOND },
      ...{ goodputPerSecond, errorShare, p50Ms, p99Ms },
    };
  });
  const toldEvents = askedEvents.map(({ key, own, other, lost }): EventComparison => {
    const both = { entry: key, base: sideOf(own), candidate: sideOf(other), lost: told(lost) };
    return { ...both, ...eventVerdict(both) };
  });
  return { ...overall(toldEvents), events: toldEvents, phases: toldPhases };
}

/** Numbers, one a replication. */
interface Numbers {
  readonly values: readonly number[];
  readonly samples: number;
  readonly isEnough: boolean;
  readonly better: 'lower' | 'higher';
  readonly unit: Reading['unit'];
  readonly metric: Reading['metric'];
}

const METRICS = ['goodput', 'errors', 'p50', 'p99'] as const;

type PhaseNumbers = { readonly name: string; readonly fromNs: number; readonly toNs: number } & Readonly<
  Record<(typeof METRICS)[number], Numbers>
>;

function phasesIn({ plan, results }: TimelineArm, durationNs: number): PhaseNumbers[] {
  const spans = phasesOf(plan.timeline, durationNs);
  const names = phaseNames(spans, plan.timeline);
  return spans.map(({ fromNs, toNs }, i) => {
    const flows = results.map(({ phases }) => phases?.[i] ?? []);
    const latencies = flows.map((own) => {
      const merged = new Histogram(own[0]?.goodLatency.resolution);
      for (const { goodLatency } of own) merged.merge(Histogram.fromData(goodLatency));
      return merged;
    });
    const completed = flows.map((own) => own.reduce((sum, flow) => sum + flow.completed, 0));
    const good = flows.map((own) => own.reduce((sum, flow) => sum + flow.good, 0));
    const seconds = (toNs - fromNs) / NS_PER_SECOND;
    const samples = completed.reduce((sum, count) => sum + count, 0);
    const quantile = (metric: 'p50' | 'p99', probability: number, least: number): Numbers => ({
      ...{ metric, unit: 'ms', better: 'lower', samples },
      values: latencies.map((own) => (own.count === 0 ? Number.NaN : own.quantile(probability) / NS_PER_MS)),
      isEnough: latencies.every(({ count }) => count >= least),
    });
    return {
      ...{ name: names[i], fromNs, toNs },
      goodput: {
        ...{ metric: 'goodput', unit: 'perSecond', better: 'higher', samples, isEnough: true },
        values: good.map((count) => count / seconds),
      },
      errors: {
        ...{ metric: 'errors', unit: 'share', better: 'lower', samples },
        values: completed.map((count, r) => (count === 0 ? Number.NaN : (count - good[r]) / count)),
        isEnough: completed.every((count) => count > 0),
      },
      p50: quantile('p50', 0.5, MEDIAN_LEAST),
      p99: quantile('p99', 0.99, P99_LEAST),
    };
  });
}

function countsOf(lost: readonly number[] | undefined): Numbers | null {
  if (lost === undefined) return null;
  return { metric: 'goodput', unit: 'perSecond', better: 'lower', values: lost, samples: lost.length, isEnough: true };
}

function readingOf({ metric, unit, better, values, samples, isEnough }: Numbers): Reading {
  return { metric, outcome: '', unit, better, values, samples, isEnough };
}

interface Sides<Item> {
  readonly key: string;
  readonly base: Item | null;
  readonly candidate: Item | null;
}

/** In the order of the base, then what the candidate alone has. */
function sides<Item>(base: readonly Item[], candidate: readonly Item[], keyOf: (item: Item) => string): Sides<Item>[] {
  const own = new Map(base.map((item) => [keyOf(item), item]));
  const others = new Map(candidate.map((item) => [keyOf(item), item]));
  return [...new Set([...own.keys(), ...others.keys()])].map((key) => ({
    key,
    base: own.get(key) ?? null,
    candidate: others.get(key) ?? null,
  }));
}

function sideOf(impact: ImpactSummary | null): EventSide | null {
  if (impact === null) return null;
  const { lost, recovery } = impact;
  const { from, seconds, recovered, notRecovered } = recovery;
  return { lost: lost.value, from, seconds: seconds.value, recovered, notRecovered };
}

function verdictOf(verdict: string): TimelineVerdict {
  return verdict === 'better' || verdict === 'worse' || verdict === 'same' ? verdict : 'inconclusive';
}

/** Times to recover that differ by less, and by less than this part of the longer one, are alike. */
const ALIKE_SECONDS = 0.5;
const ALIKE_SHARE = 0.2;

/** Whether requests recover says more than how many are lost, and this more than how long it takes. */
function eventVerdict({
  base,
  candidate,
  lost,
}: Pick<EventComparison, 'base' | 'candidate' | 'lost'>): Pick<EventComparison, 'verdict' | 'by'> {
  if (base === null || candidate === null) return { verdict: 'inconclusive', by: null };
  const [own, other] = [base, candidate].map(({ recovered, notRecovered }) => {
    return recovered + notRecovered === 0 ? null : notRecovered / (recovered + notRecovered);
  });
  if (own !== null && other !== null && Math.abs(other - own) > 0.5)
    return { verdict: other < own ? 'better' : 'worse', by: 'recovery' };
  if (lost !== null && (lost.verdict === 'better' || lost.verdict === 'worse'))
    return { verdict: lost.verdict, by: 'lost' };
  const [before, after] = [base.seconds, candidate.seconds];
  if (before !== null && after !== null && base.notRecovered === 0 && candidate.notRecovered === 0) {
    const apart = Math.abs(after - before);
    if (apart > Math.max(ALIKE_SECONDS, ALIKE_SHARE * Math.max(before, after)))
      return { verdict: after < before ? 'better' : 'worse', by: 'seconds' };
  }
  return { verdict: lost?.verdict === 'inconclusive' ? 'inconclusive' : 'same', by: null };
}

/** What decides about the whole timeline, the weightiest first. */
const WEIGHTS: readonly EventComparison['by'][] = ['recovery', 'lost', 'seconds'];

/** The weightiest difference: among alike ones, that which makes the most requests. */
function overall(events: readonly EventComparison[]): Pick<TimelineComparison, 'verdict' | 'decidedBy'> {
  const moved = ({ base, candidate }: EventComparison): number => Math.abs((candidate?.lost ?? 0) - (base?.lost ?? 0));
  for (const by of WEIGHTS) {
    const [first] = events.filter((event) => event.by === by).sort((a, b) => moved(b) - moved(a));
    if (first !== undefined) return { verdict: first.verdict, decidedBy: first.entry };
  }
  const isTold = events.length > 0 && events.every(({ verdict }) => verdict === 'same');
  return { verdict: isTold ? 'same' : 'inconclusive', decidedBy: null };
}
