// The order of a table's rows.
import type { CsvValue } from './csv.js';

/** Missing values last, whichever way. */
export function sorted<Row>(rows: readonly Row[], of: (row: Row) => CsvValue, descending: boolean): Row[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    const [left, right] = [String(x), String(y)];
    return left < right ? -sign : left > right ? sign : 0;
  });
}
