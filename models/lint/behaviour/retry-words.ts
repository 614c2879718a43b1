// The retry policy of a route as Istio makes it (istio: pilot/pkg/networking/core/route/retry/retry.go): words, codes, attempts.
import type { PlainValue } from '../../config/document.js';
import { durationNsAt, mapAt, numberAt, textAt } from '../plain-access.js';

export interface RetryPolicy {
  /** Retries after the first try; 0 = there are none. */
  readonly attempts: number;
  /** Words of `retryOn`; null where the default holds. */
  readonly words: readonly string[] | null;
  readonly perTryTimeoutNs: number | null;
}

/** The policy that a route writes down; null where it leaves it to the default. */
export function retryPolicyOf(route: PlainValue): RetryPolicy | null {
  const retries = mapAt(route, 'retries');
  if (retries === null) return null;
  const on = textAt(retries, 'retryOn');
  const words =
    on === null || on === ''
      ? null
      : on
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== '');
  return {
    attempts: numberAt(retries, 'attempts') ?? 0,
    words,
    perTryTimeoutNs: durationNsAt(retries, 'perTryTimeout'),
  };
}

/** Whether answers of a server that has done its work are retried: 5xx, some of them, or by code. */
export function retriesAnswers(words: readonly string[]): boolean {
  return words.some((word) => word === '5xx' || word === 'gateway-error' || /^5\d\d$/.test(word));
}

/** Whether tries that the server may have begun are retried. */
export function retriesResets(words: readonly string[]): boolean {
  return words.some((word) => word === '5xx' || word === 'gateway-error' || word === 'reset');
}
