// What each function of PromQL takes (prometheus: promql/parser/functions.go).

import { lookup } from '../../../sim/lookup.js';
export type ValueType = 'instant vector' | 'range vector' | 'scalar' | 'string';

export interface Signature {
  readonly args: readonly ValueType[];
  /** Of these so many must be given. */
  readonly least: number;
  /** So many may be given. */
  readonly most: number;
  readonly result: ValueType;
}

const LETTERS: Readonly<Record<string, ValueType>> = {
  v: 'instant vector',
  r: 'range vector',
  s: 'scalar',
  t: 'string',
};

/** By what they take; `?`: the last may be left out; `*`: it may be given any number of times. */
const BY_ARGUMENTS: readonly (readonly [args: string, names: string])[] = [
  ['', 'pi time start end range step'],
  [
    'v',
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad scalar sgn sin sinh sort sort_desc sqrt start_timestamp tan tanh timestamp',
  ],
  ['v?', 'day_of_month day_of_week day_of_year days_in_month hour minute month year'],
  [
    'r',
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  ],
  ['s', 'vector'],
  ['vs', 'clamp_max clamp_min'],
  ['vs?', 'round'],
  ['vss', 'clamp'],
  ['vv?', 'info'],
  ['vt*', 'sort_by_label sort_by_label_desc'],
  ['vttt*', 'label_join'],
  ['vtttt', 'label_replace'],
  ['vtss*', 'histogram_quantiles'],
  ['rs', 'predict_linear'],
  ['rss', 'double_exponential_smoothing'],
  ['sv', 'histogram_quantile'],
  ['sr', 'quantile_over_time'],
  ['ssv', 'histogram_fraction'],
];

const SCALARS: readonly string[] = ['pi', 'time', 'start', 'end', 'range', 'step', 'scalar'];

const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  BY_ARGUMENTS.flatMap(([written, names]) =>
    names.split(' ').map((name): [string, Signature] => [name, signature(written, name)]),
  ),
);

function signature(written: string, name: string): Signature {
  const args = [...written].flatMap((letter) => lookup(LETTERS, letter) ?? []);
  const isOpen = /[?*]$/.test(written);
  return {
    args,
    least: isOpen ? args.length - 1 : args.length,
    most: written.endsWith('*') ? Number.POSITIVE_INFINITY : args.length,
    result: SCALARS.includes(name) ? 'scalar' : 'instant vector',
  };
}

/** null for a function that is newer than this table. */
export function signatureOf(name: string): Signature | null {
  return SIGNATURES.get(name) ?? null;
}
