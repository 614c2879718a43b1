import { expect, test } from 'vitest';
import { ProxyStart } from '../../../models/control-plane/proxy-start.js';
import { MS_NS, NEVER_NS, S_NS } from '../../../models/control-plane/time.js';

function ready(startedNs: number, readyNs: number): ProxyStart {
  const proxy = new ProxyStart(startedNs);
  proxy.workersStarted(startedNs);
  proxy.accepted(startedNs, 'cds');
  proxy.accepted(readyNs, 'lds');
  return proxy;
}

test('a proxy is ready with clusters, listeners and workers, for good', () => {
  const proxy = new ProxyStart(0);
  proxy.accepted(S_NS, 'cds');
  proxy.accepted(2 * S_NS, 'lds');
  expect(proxy.readyNs).toBe(NEVER_NS);
  proxy.workersStarted(3 * S_NS);
  proxy.accepted(9 * S_NS, 'cds');
  expect(proxy.readyNs).toBe(3 * S_NS);
});

test.each([
  ['together', 0],
  ['held', 1500],
  ['native', 2000],
] as const)('an application starts %s: after %d ms', (order, afterMs) => {
  expect(ready(S_NS, S_NS + 1100 * MS_NS).applicationNs(order)).toBe(S_NS + afterMs * MS_NS);
});

test('a hook looks after half a second for the first time, a probe at once', () => {
  const proxy = ready(0, 0);
  expect([proxy.applicationNs('held'), proxy.applicationNs('native')]).toEqual([500 * MS_NS, 0]);
});

test('a hook gives up after a minute, a probe after ten', () => {
  expect(ready(0, 61 * S_NS).applicationNs('held')).toBe(NEVER_NS);
  expect(ready(0, 61 * S_NS).applicationNs('native')).toBe(61 * S_NS);
  expect(ready(0, 601 * S_NS).applicationNs('native')).toBe(NEVER_NS);
  expect(new ProxyStart(0).applicationNs('native')).toBe(NEVER_NS);
});
