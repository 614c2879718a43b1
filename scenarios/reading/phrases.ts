// Numbers as they stand in the sentences of a timeline.
import { formatDuration } from '../../models/config/duration.js';

/** `400 ms`, `1 m 30 s` */
export function spaced(ns: number): string {
  return formatDuration(ns)
    .replace(/(\d)(\D+)/g, '$1 $2 ')
    .trim();
}

/** Of a share: `20%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

/** Of a factor: `3 times`. */
export function timesAsMuch(factor: number): string {
  return `${factor} times`;
}
