// The four numbers that an engineer asks for first: how much went well, how much failed, how long it took, and what is full. Where each of them
// comes from is decided here and nowhere else in the report.

import type { Measured } from '../../scenarios/result/measured.js';
import type { ClientSummary, RunResult, WorkloadSummary } from '../../scenarios/result/run-result.js';
import { formatDurationMs, formatShare, formatUtilisation } from '../numbers.js';
import { perSecond, valueWords } from './words.js';

/** `none` where nothing can be said; `fine` below the first bound; `near`, `bad` from the bounds on. */
export type TileTone = 'none' | 'fine' | 'near' | 'bad';

export interface Tile {
  readonly label: string;
  readonly measured: Measured;
  readonly format: (value: number) => string;
  readonly tone: TileTone;
  /** Names from the input that the number is about, and words of ours after them; both may be ``. */
  readonly name: string;
  readonly words: string;
}

/** From here on a station has little left, or nothing; the same as in the charts of saturation. */
const USE_BOUNDS = [0.7, 0.9] as const;
/** Shares of errors; the same as in the tones of the map. */
const ERROR_BOUNDS = [0.001, 0.01] as const;

/** Good, errors, p99 and saturation of a run. */
export function tilesOf(result: RunResult): Tile[] {
  const { totals } = result;
  const { goodShare, goodLatency, goodputPerSecond, errorShare } = totals;
  const errorTone = toneOf(errorShare.value, ERROR_BOUNDS);
  return [
    {
      label: 'Good',
      measured: goodShare,
      format: formatShare,
      tone: errorTone,
      name: '',
      words: `${valueWords(goodputPerSecond, perSecond)} of ${valueWords(totals.offeredPerSecond, perSecond)} offered`,
    },
    {
      label: 'Errors',
      measured: errorShare,
      format: formatShare,
      tone: errorTone,
      name: '',
      words: errorWords(totals),
    },
    {
      label: 'p99',
      measured: goodLatency.p99Ms,
      format: formatDurationMs,
      tone: 'none',
      name: '',
      words:
        goodLatency.samples === 0
          ? 'of good answers'
          : `of good answers; half within ${valueWords(goodLatency.p50Ms, formatDurationMs)}`,
    },
    saturation(result),
  ];
}

type Resource = 'cpuUtilisationShare' | 'workerUtilisationShare' | 'proxyUtilisationShare';
const RESOURCES: readonly (readonly [Resource, string])[] = [
  ['cpuUtilisationShare', 'CPU'],
  ['workerUtilisationShare', 'workers'],
  ['proxyUtilisationShare', 'sidecar CPU'],
];
const NOTHING: Measured = { value: null, low: null, high: null, reason: 'no data' };

/** The station with the highest mean use over the measured time. */
function saturation({ services }: RunResult): Tile {
  const stations = services
    .flatMap(({ workloads }) => workloads)
    .flatMap((workload: WorkloadSummary) =>
      RESOURCES.map(([resource, word]) => ({ name: workload.name, word, measured: workload[resource] })),
    )
    .filter(({ measured }) => (measured.value ?? 0) > 0);
  const fullest = stations.sort((a, b) => (b.measured.value ?? 0) - (a.measured.value ?? 0))[0];
  return {
    label: 'Saturation',
    measured: fullest?.measured ?? NOTHING,
    format: formatUtilisation,
    tone: toneOf(fullest?.measured.value ?? null, USE_BOUNDS),
    name: fullest?.name ?? '',
    words: fullest === undefined ? 'nothing with a limit was used' : fullest.word,
  };
}

/** The outcome that failed most; and what proxies refused, expected or not. */
function errorWords({ outcomes, refusedShare, refusals }: ClientSummary): string {
  const worst = outcomes.filter(({ isError }) => isError).sort((a, b) => b.share - a.share)[0];
  const most = worst === undefined ? 'no call failed' : `most: ${worst.label}, ${formatShare(worst.share)}`;
  const refusal = [...refusals].sort((a, b) => b.share - a.share)[0];
  const refused = valueWords(refusedShare, formatShare);
  return refusal === undefined ? most : `${most}; refused: ${refused}, ${refusal.reason}`;
}

function toneOf(value: number | null, [near, bad]: readonly [number, number]): TileTone {
  if (value === null) return 'none';
  return value >= bad ? 'bad' : value >= near ? 'near' : 'fine';
}
