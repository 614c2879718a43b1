// Values of the options of `seatrial lint`.
import { codesOf } from '../models/lint/suppression.js';

/** `ST2101,IST0101`; the option may be repeated. */
export function collectCodes(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...codesOf(text)];
}
