// When a primary metric needs no more pairs of replications: its verdict is settled, or its interval is as narrow as `--precision` wants.
import type { DiffSettings } from '../result/diff-result.js';
import { isPrecise, type JudgedInput } from './verdicts.js';

/**
 * An interval is looked at after each batch, and the oftener, the likelier it lies within the margin by chance: it has to stay there when
 * it is half as wide again (95 % become 99.7 % of a normal distribution).
 */
const SAFETY = 1.5;

export function isDecided(input: JudgedInput, settings: DiffSettings): boolean {
  return isPrecise(input, settings) || isClearlySame(input);
}

function isClearlySame({ pair: { difference, margin, reason } }: JudgedInput): boolean {
  if (difference === null || reason !== null) return false;
  const half = ((difference.high - difference.low) / 2) * SAFETY;
  return Math.abs(difference.value) + half <= margin;
}
