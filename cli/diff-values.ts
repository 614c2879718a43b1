// Values of the options of `seatrial diff`, read once at the edge. Each throws commander's error for a value that is wrong: exit code 2.
import { InvalidArgumentError } from 'commander';
import { parseDurationNs, parseShare } from '../scenarios/document/words.js';

const NS_PER_MS = 1e6;

/** A share above 0, `2%` or `0.02`. */
export function parsePositiveShare(text: string): number {
  const share = parseShare(text);
  if (share === null || share === 0) throw new InvalidArgumentError('Expected a share such as 2% or 0.02.');
  return share;
}

/** Milliseconds of a duration above zero, `60s`; `none` = Infinity. */
export function parseBudgetMs(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const ns = parseDurationNs(text);
  if (ns === null || !(ns > 0)) throw new InvalidArgumentError('Expected a duration such as 90s, or none.');
  return Math.min(ns / NS_PER_MS, TIMER_MS_MAX);
}

/** Longer than a timer can wait: 24 days. */
const TIMER_MS_MAX = 2_147_483_647;

/** An option that may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}
