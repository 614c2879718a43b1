// A series in one line of text (Tufte, "Beautiful Evidence", 2006): eight heights from 0 to the largest value.

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Where nothing was observed. */
const GAP = ' ';

/**
 * One character a value; a value of 0 has the lowest height, null is a gap. Without any value above 0 all are lowest.
 * @param values finite and >= 0.
 */
export function sparkline(values: readonly (number | null)[]): string {
  const largest = values.reduce((max: number, value) => Math.max(max, value ?? 0), 0);
  return values
    .map((value) => {
      if (value === null) return GAP;
      return HEIGHTS[largest === 0 ? 0 : Math.min(HEIGHTS.length - 1, Math.floor((value / largest) * HEIGHTS.length))];
    })
    .join('');
}

/** At most `length` values, each made by `fold` from the known ones of as many neighbours; null where none is known. */
export function shortened(
  values: readonly (number | null)[],
  length: number,
  fold: (known: readonly number[]) => number,
): (number | null)[] {
  const count = Math.min(length, values.length);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const to = Math.floor(((i + 1) * values.length) / count);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : fold(known);
  });
}
