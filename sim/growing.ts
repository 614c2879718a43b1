// Tables of numbers that grow: each time to twice their length at least, so that what is copied in all is no more than what is stored.

/** Numbers with room for `length` of them: the same array, or a longer copy with zeros behind. */
export function floatsFor(length: number, cells: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  if (length <= cells.length) return cells;
  const longer = new Float64Array(Math.max(2 * cells.length, length));
  longer.set(cells);
  return longer;
}

/** As `floatsFor`, for whole numbers of 32 bits. */
export function intsFor(length: number, cells: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  if (length <= cells.length) return cells;
  const longer = new Int32Array(Math.max(2 * cells.length, length));
  longer.set(cells);
  return longer;
}
