// A histogram with the few buckets that a chart can show. Coarse buckets are unions of fine ones, so that nothing is estimated
// (the buckets of sim/statistics/histogram.ts).
import type { HistogramData } from '../../sim/statistics/index.js';
import type { LatencyDistribution } from '../result/run-result.js';

const NS_PER_MS = 1e6;
/** Sub-buckets per power of two that are left. */
const RESOLUTION = 8;
const DIGITS = 7;

/** Of latencies in nanoseconds; buckets between the smallest and the largest are there even if they are empty. */
export function summariseDistribution({ resolution, count, first, counts }: HistogramData): LatencyDistribution {
  if (count === 0) return { boundsMs: [], counts: [] };
  const merged = Math.max(1, resolution / RESOLUTION);
  const coarse = (bucket: number): number => (bucket === 0 ? 0 : 1 + Math.floor((bucket - 1) / merged));
  const from = coarse(first);
  const sums = new Array<number>(coarse(first + counts.length - 1) - from + 1).fill(0);
  counts.forEach((here, i) => {
    sums[coarse(first + i) - from] += here;
  });
  const perOctave = resolution / merged;
  return {
    boundsMs: Array.from({ length: sums.length + 1 }, (_, i) => edgeMs(from + i, perOctave)),
    counts: sums,
  };
}

/** Lower edge of a bucket; bucket 0 holds what is below a nanosecond. */
function edgeMs(bucket: number, perOctave: number): number {
  if (bucket === 0) return 0;
  let edgeNs = 1 + ((bucket - 1) % perOctave) / perOctave;
  for (let octave = Math.floor((bucket - 1) / perOctave); octave > 0; octave--) edgeNs *= 2;
  return Number((edgeNs / NS_PER_MS).toPrecision(DIGITS));
}
