// What became of the requests of the traffic: how many are good, and what proxies refuse, in both worlds.
import type { Comparison, SuccessChange, SuccessShares } from '../../scenarios/result/diff-result.js';
import { formatShare } from '../numbers.js';

const SHOWN_MAX = 8;

/** Those that have changed first, then in the order of the traffic. */
export function successRows({ success }: Comparison): {
  readonly shown: readonly SuccessChange[];
  readonly hidden: number;
} {
  const isMoved = ({ verdict }: SuccessChange): boolean => verdict !== 'same';
  const order = [...success.filter(isMoved), ...success.filter((own) => !isMoved(own))];
  return { shown: order.slice(0, SHOWN_MAX), hidden: Math.max(0, order.length - SHOWN_MAX) };
}

export function requestName({ traffic, request }: SuccessChange): string {
  return traffic === request ? request : `${traffic}.${request}`;
}

/** Share of the calls; `no calls` where there were none. */
export function shareText(share: number | null): string {
  return share === null ? 'no calls' : formatShare(share);
}

/** `12 % rate limit, 3 % authorization`; `` where nothing is refused. */
export function refusalText({ refusals }: SuccessShares): string {
  return refusals.map(({ reason, share }) => `${formatShare(share)} ${reason}`).join(', ');
}
