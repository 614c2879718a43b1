import { expect, test } from 'vitest';
import {
  DOUBLING_SYN,
  LINEAR_SYN,
  movesAgainNs,
  resends,
  synHeardNs,
  synSends,
} from '../../../models/control-plane/kernel-timers.js';
import { S_NS } from '../../../models/control-plane/time.js';

const seconds = (atNs: readonly number[]): number[] => atNs.map((ns) => ns / S_NS);

// linux: Documentation/networking/ip-sysctl.rst, tcp_syn_retries and tcp_syn_linear_timeouts.
test('SYNs go out at linear intervals first, in newer kernels', () => {
  const { atNs, givesUpNs } = synSends(LINEAR_SYN);
  expect(seconds(atNs)).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  expect(givesUpNs).toBe(131 * S_NS);
});

test('and at doubling ones in older kernels', () => {
  const { atNs, givesUpNs } = synSends(DOUBLING_SYN);
  expect(seconds(atNs)).toEqual([0, 1, 3, 7, 15, 31, 63]);
  expect(givesUpNs).toBe(127 * S_NS);
});

// The same page, tcp_retries2.
test('data is resent at doubling intervals up to two minutes, and given up after 924.6 s', () => {
  const { atNs, givesUpNs } = resends();
  expect(seconds(atNs)).toEqual([
    0, 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 51, 102.2, 204.6, 324.6, 444.6, 564.6, 684.6, 804.6,
  ]);
  expect(givesUpNs).toBe(924.6 * S_NS);
});

test('a partition that heals after 30 s holds a connection for 51', () => {
  expect(movesAgainNs(0, 30 * S_NS)).toBe(51 * S_NS);
  expect(movesAgainNs(10 * S_NS, 10.5 * S_NS)).toBe(10.6 * S_NS);
  expect(movesAgainNs(0, 0)).toBe(0);
  expect(movesAgainNs(0, 900 * S_NS)).toBeNull();
});

test('within 10 s of connect time-out a SYN is tried 7 times, or 4', () => {
  const within = ({ atNs }: ReturnType<typeof synSends>): number => atNs.filter((ns) => ns < 10 * S_NS).length;
  expect([within(synSends(LINEAR_SYN)), within(synSends(DOUBLING_SYN))]).toEqual([7, 4]);
  expect([synHeardNs(0, 5.5 * S_NS, LINEAR_SYN), synHeardNs(0, 5.5 * S_NS, DOUBLING_SYN)]).toEqual([
    7 * S_NS,
    7 * S_NS,
  ]);
});
