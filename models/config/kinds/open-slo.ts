// OpenSLO's SLO and SLI, versions v1 and v1alpha (OpenSLO: README.md; schemas/v1/slo.schema.json, schemas/v1alpha/slo.schema.json).
import type { PlainMap } from '../document.js';
import { isPlainMap } from '../document.js';
import type { Place } from '../place.js';
import { bool, integer, number, string, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface OpenSloSpec {
  readonly service: string;
  readonly budgetingMethod: 'Occurrences' | 'Timeslices' | 'RatioTimeslices';
  /** Inline, or by the name of an SLI; v1alpha has it with each objective. */
  readonly indicator: OpenSli | null;
  readonly indicatorRef: string;
  readonly window: { readonly duration: string; readonly isRolling: boolean } | null;
  readonly objectives: readonly OpenSloObjective[];
}

export interface OpenSloObjective {
  /** Share of good events, 0..1. */
  readonly target: number;
  readonly op: 'lte' | 'gte' | 'lt' | 'gt' | null;
  readonly value: number | null;
  readonly indicator: OpenSli | null;
}

/** Where the numbers come from: `spec` of each source as its maker wrote it. */
export interface OpenSli {
  readonly threshold: PlainMap | null;
  readonly good: PlainMap | null;
  readonly bad: PlainMap | null;
  readonly total: PlainMap | null;
  readonly raw: PlainMap | null;
}

/** What is checked and kept where the objects of a source are up to its maker. */
const source: Schema<PlainMap> = {
  expected: 'a source of a metric (a map)',
  read: (value, place) =>
    isPlainMap(value)
      ? value
      : place.wrongType(value, 'a source of a metric (a map)', 'e.g. metricSource: {type: Prometheus}'),
};

interface Ratio {
  readonly good: PlainMap | null;
  readonly bad: PlainMap | null;
  readonly total: PlainMap | null;
  readonly raw: PlainMap | null;
}

const ratio: Schema<Ratio> = checked(
  object<Ratio>(
    'a ratio',
    {
      good: optional('good', source),
      bad: optional('bad', source),
      total: optional('total', source),
      raw: optional('raw', source),
    },
    { others: inert('counter', 'incremental', 'rawType') },
  ),
  ({ good, bad, total, raw }, place: Place) => {
    if (raw !== null) return;
    if (total === null) place.missing('total', 'what good or bad is a part of');
    if ((good === null) === (bad === null))
      place.rejectedByKubernetes('a ratio has one of good and bad', 'write the one that is easier to count');
  },
);

interface WrittenIndicator {
  readonly threshold: PlainMap | null;
  readonly ratio: Ratio | null;
}

const NO_RATIO: Ratio = { good: null, bad: null, total: null, raw: null };

/** `spec` of an SLI. */
const sli: Schema<OpenSli> = mapped(
  object<WrittenIndicator>(
    'an indicator',
    { threshold: optional('thresholdMetric', source), ratio: optional('ratioMetric', ratio) },
    { others: inert('description') },
  ),
  ({ threshold, ratio: parts }, place) => {
    if ((threshold === null) === (parts === null))
      place.rejectedByKubernetes('an indicator is one of thresholdMetric and ratioMetric', 'keep one of them');
    return { threshold, ...(parts ?? NO_RATIO) };
  },
);

/** v1 has it under `spec`; v1alpha has a threshold, and the metadata beside it. */
const indicator: Schema<OpenSli | null> = mapped(
  object<{ spec: OpenSli | null; threshold: PlainMap | null }>(
    'an indicator',
    { spec: optional('spec', sli), threshold: optional('thresholdMetric', source) },
    { others: inert('metadata') },
  ),
  ({ spec, threshold }) => spec ?? (threshold === null ? null : { threshold, ...NO_RATIO }),
);

interface WrittenObjective extends Omit<OpenSloObjective, 'target'> {
  readonly target: number | null;
  readonly targetPercent: number | null;
  readonly ratioMetrics: Ratio | null;
}

const objective: Schema<OpenSloObjective> = mapped(
  object<WrittenObjective>(
    'an objective',
    {
      target: optional('target', number(0, 1)),
      targetPercent: optional('targetPercent', number(0, 100)),
      op: optional('op', word(['lte', 'gte', 'lt', 'gt'])),
      value: optional('value', number(-1e308, 1e308)),
      indicator: optional(
        'indicator',
        mapped(indicator, (found) => found ?? { threshold: null, ...NO_RATIO }),
      ),
      ratioMetrics: optional('ratioMetrics', ratio),
    },
    { others: inert('compositeWeight', 'displayName', 'indicatorRef', 'timeSliceTarget', 'timeSliceWindow') },
  ),
  ({ target, targetPercent, op, value, indicator: own, ratioMetrics }, place) => {
    if (target === null && targetPercent === null)
      return place.missing('target', 'the share of good events, e.g. 0.999');
    if (target !== null && targetPercent !== null)
      place.child('targetPercent').rejectedByKubernetes('target and targetPercent exclude each other', 'keep one');
    const found = own ?? (ratioMetrics === null ? null : { threshold: null, ...ratioMetrics });
    return { target: target ?? targetPercent! / 100, op, value, indicator: found };
  },
);

interface WrittenWindow {
  readonly duration: string | null;
  readonly isRolling: boolean;
  readonly count: number | null;
  readonly unit: string | null;
}

const timeWindow: Schema<NonNullable<OpenSloSpec['window']>> = mapped(
  object<WrittenWindow>(
    'a time window',
    {
      duration: optional('duration', string),
      isRolling: defaulted('isRolling', bool, false),
      count: optional('count', integer(1, 1e6)),
      unit: optional('unit', word(['Second', 'Minute', 'Hour', 'Day', 'Week', 'Month', 'Quarter', 'Year'])),
    },
    { others: inert('calendar') },
  ),
  ({ duration, isRolling, count, unit }, place) => {
    if (duration !== null && !/^[1-9]\d*[smhdwMQY]$/.test(duration))
      place.child('duration').rejectedByKubernetes(`"${duration}" is not a duration`, 'write 28d, 4w, 1M, 1Q or 1Y');
    if (duration === null && (count === null || unit === null)) return place.missing('duration', 'e.g. 28d');
    return { duration: duration ?? `${count} ${unit}`, isRolling };
  },
);

interface Written extends Omit<OpenSloSpec, 'window'> {
  readonly timeWindow: readonly NonNullable<OpenSloSpec['window']>[];
  readonly timeWindows: readonly NonNullable<OpenSloSpec['window']>[];
}

const windows = listOf('time windows', timeWindow);

const fields = object<Written>(
  'an SLO',
  {
    service: defaulted('service', string, ''),
    budgetingMethod: required('budgetingMethod', word(['Occurrences', 'Timeslices', 'RatioTimeslices'])),
    indicator: optional(
      'indicator',
      mapped(indicator, (found) => found ?? { threshold: null, ...NO_RATIO }),
    ),
    indicatorRef: defaulted('indicatorRef', string, ''),
    timeWindow: defaulted('timeWindow', windows, []),
    timeWindows: defaulted('timeWindows', windows, []),
    objectives: required('objectives', listOf('objectives', objective)),
  },
  { others: inert('alertPolicies', 'description') },
);

const NOT_EVALUATED = 'it is read and checked, but not evaluated: put the objective under slos of the scenario';

export const openSlo: Schema<OpenSloSpec> = withoutEffectYet(
  mapped(fields, ({ timeWindow: one, timeWindows, ...spec }, place) => {
    const given = [...one, ...timeWindows];
    if (given.length > 1)
      place
        .child(one.length > 1 ? 'timeWindow' : 'timeWindows')
        .rejectedByKubernetes('an SLO has one time window', 'keep one');
    if (spec.objectives.length === 0)
      place.child('objectives').rejectedByKubernetes('the SLO has no objective', 'add target: 0.999');
    return { ...spec, window: given[0] ?? null };
  }),
  NOT_EVALUATED,
);

export const openSli: Schema<OpenSli> = withoutEffectYet(sli, NOT_EVALUATED);
