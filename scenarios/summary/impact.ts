// What each entry of a timeline did to the requests: how many were lost, how bad it was at its worst, when all was as before, and what it took of the
// error budgets. What follows an entry is counted as its own until the next one begins; the state before is that of the run before its first entry, or
// that just before where others hold, or where one before has not been got over.
import { occurrencesOf, type PhaseFlowResult, type PhaseSpan, phasesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { SloSpec } from '../reading/scenario.js';
import { type Recovered, recoveriesOf } from '../recovery/after-entries.js';
import type { Measured } from '../result/measured.js';
import type { ImpactSummary } from '../result/timeline-result.js';
import { measuredMean, missing } from '../tally/measure.js';
import { entryNames } from './entry-names.js';
import { summariseRecovery } from './recoveries.js';
import { worstOf } from './worst.js';

const NS_PER_SECOND = 1e9;

export interface ImpactInput {
  readonly plan: MeshPlan;
  /** Length of the measured window, at most. */
  readonly durationNs: number;
  /** That of the longest replication, where the run was to end when all is as before; else the same. */
  readonly reachedNs?: number | undefined;
  readonly slos: readonly SloSpec[];
  readonly results: readonly ReplicationResult[];
}

/** One per entry that begins inside the run, by the time at which it first does. */
export function summariseImpacts(input: ImpactInput): ImpactSummary[] {
  const { plan, durationNs, results } = input;
  const occurrences = occurrencesOf(plan.timeline, durationNs).sort((a, b) => a.beginNs - b.beginNs);
  const spans = phasesOf(plan.timeline, durationNs);
  const recoveries = results.map((result) => recoveriesOf(occurrences, result));
  const names = entryNames(plan.timeline);
  const entries = [...new Set(occurrences.map(({ entry }) => entry))];
  return entries.map((entry) => {
    const [first] = occurrences.filter((own) => own.entry === entry);
    const owned = ownedBy(entry, spans);
    const times = occurrences.filter((own) => own.entry === entry).length;
    return {
      entry: names[entry],
      times,
      beginSeconds: first.beginNs / NS_PER_SECOND,
      endSeconds: first.endNs < durationNs ? first.endNs / NS_PER_SECOND : null,
      lost: aboveZero(lostOver(input, spans, owned, recoveries, (lost) => lost / times)),
      ...worstOf(
        results,
        owned.flatMap(({ phases }) => phases.map((phase) => spans[phase])),
      ),
      recovery: summariseRecovery(plan, entry, occurrences, recoveries),
      budgets: budgetsOf(input, spans, owned, recoveries),
    };
  });
}

/** Requests that each entry cost, all its times together, one number a replication; by the names of the entries. */
export function lostByEntry({ plan, durationNs, results }: ImpactInput): {
  readonly entry: string;
  readonly lost: readonly number[];
}[] {
  const occurrences = occurrencesOf(plan.timeline, durationNs).sort((a, b) => a.beginNs - b.beginNs);
  const spans = phasesOf(plan.timeline, durationNs);
  const recoveries = results.map((result) => recoveriesOf(occurrences, result));
  const names = entryNames(plan.timeline);
  return [...new Set(occurrences.map(({ entry }) => entry))].map((entry) => {
    const owned = ownedBy(entry, spans);
    const lost = results.map((result, r) => Math.max(0, lostIn(result, spans, owned, recoveries[r], errorsOf)));
    return { entry: names[entry], lost };
  });
}

/** Phases that follow a beginning of an entry, until something else begins. */
interface Owned {
  readonly phases: readonly number[];
  /** What held before already. */
  readonly isOverlapping: boolean;
  readonly beginNs: number;
}

function ownedBy(entry: number, spans: readonly PhaseSpan[]): Owned[] {
  return spans.flatMap(({ begun, fromNs }, first) => {
    if (!begun.some((edge) => edge.entry === entry)) return [];
    let end = first + 1;
    while (end < spans.length && spans[end].begun.length === 0) end++;
    const held = spans[first - 1]?.active ?? [];
    const isOverlapping = held.some((edge) =>
      spans[first].active.some((own) => own.entry === edge.entry && own.time === edge.time),
    );
    return [{ phases: Array.from({ length: end - first }, (_, i) => first + i), isOverlapping, beginNs: fromNs }];
  });
}

/** Bad requests of a phase, and all of them. */
type BadOf = (phase: readonly PhaseFlowResult[]) => { readonly bad: number; readonly all: number };

function errorsOf(flows: readonly PhaseFlowResult[]): { readonly bad: number; readonly all: number } {
  let bad = 0;
  let all = 0;
  for (const { completed, good } of flows) {
    bad += completed - good;
    all += completed;
  }
  return { bad, all };
}

/** Mean over the replications of what is bad beyond the share of before. */
function lostOver(
  { results }: ImpactInput,
  spans: readonly PhaseSpan[],
  owned: readonly Owned[],
  recoveries: readonly (readonly Recovered[])[],
  told: (lost: number, result: ReplicationResult) => number,
  badOf: BadOf = errorsOf,
): Measured {
  const reached = results.flatMap((result, r) =>
    result.measuredNs > (owned[0]?.beginNs ?? 0)
      ? [told(lostIn(result, spans, owned, recoveries[r], badOf), result)]
      : [],
  );
  return reached.length === 0 ? missing('no data') : measuredMean(reached);
}

function lostIn(
  { phases = [] }: ReplicationResult,
  spans: readonly PhaseSpan[],
  owned: readonly Owned[],
  recoveries: readonly Recovered[],
  badOf: BadOf,
): number {
  const isQuietAtFirst = spans[0].begun.length === 0;
  let lost = 0;
  for (const own of owned) {
    const [first] = own.phases;
    const isStillDown = recoveries.some(({ untilNs, recovery }) => {
      return untilNs === own.beginNs && recovery.kind === 'not recovered';
    });
    const before = own.isOverlapping || isStillDown || !isQuietAtFirst ? first - 1 : 0;
    // Nothing was measured before what begins with the run.
    const usual = first === 0 ? { bad: 0, all: 0 } : badOf(phases[before] ?? []);
    const share = usual.all === 0 ? 0 : usual.bad / usual.all;
    for (const phase of own.phases) {
      const { bad, all } = badOf(phases[phase] ?? []);
      lost += bad - share * all;
    }
  }
  return lost;
}

/** Where the run is better than before, nothing was lost. */
function aboveZero({ value, low, high, reason }: Measured): Measured {
  const atLeast = (number: number | null): number | null => (number === null ? null : Math.max(0, number));
  return { value: atLeast(value), low: atLeast(low), high: atLeast(high), reason };
}

function budgetsOf(
  input: ImpactInput,
  spans: readonly PhaseSpan[],
  owned: readonly Owned[],
  recoveries: readonly (readonly Recovered[])[],
): ImpactSummary['budgets'] {
  const requests = (input.results[0]?.traffic ?? []).map(({ traffic, request }) => ({ traffic, request }));
  return input.slos.flatMap((slo) => {
    const { subject, latencyNs, objectiveShare } = slo;
    if (subject.kind === 'service' || subject.kind === 'edge' || objectiveShare >= 1) return [];
    const isMeant = ({ traffic, request }: { readonly traffic: number; readonly request: number }): boolean =>
      subject.kind === 'all' ||
      (traffic === subject.traffic && (subject.kind === 'traffic' || request === subject.request));
    const badOf: BadOf = (flows) => {
      const own = flows.filter((_, i) => isMeant(requests[i]));
      const { bad, all } = errorsOf(own);
      return { all, bad: latencyNs === null ? bad : bad + lateOf(own, latencyNs) };
    };
    const share = (lost: number, { phases = [] }: ReplicationResult): number => {
      const all = phases.reduce((sum, flows) => sum + badOf(flows).all, 0);
      return all === 0 ? 0 : lost / (all * (1 - objectiveShare));
    };
    return [{ slo: slo.name, usedShare: aboveZero(lostOver(input, spans, owned, recoveries, share, badOf)) }];
  });
}

function lateOf(flows: readonly PhaseFlowResult[], latencyNs: number): number {
  return flows.reduce((sum, { goodLatency }) => sum + Histogram.fromData(goodLatency).countAbove(latencyNs), 0);
}
