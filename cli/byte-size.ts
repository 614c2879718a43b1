// Sizes in bytes as people write them.
import { lookup } from '../sim/lookup.js';

const DECIMAL_UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };
const BINARY_UNITS: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1048576, Gi: 1073741824 };

/** Bytes of `64MiB`: a number, or one with k, M, G or Ki, Mi, Gi (and a B); null where it is neither. */
export function parseByteLimit(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?B?$/.exec(text);
  if (parts === null) return null;
  const unit = parts[2] ?? '';
  return Math.floor(Number(parts[1]) * (lookup(DECIMAL_UNITS, unit) ?? lookup(BINARY_UNITS, unit) ?? 1));
}
