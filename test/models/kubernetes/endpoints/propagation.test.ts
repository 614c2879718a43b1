import { expect, test } from 'vitest';
import { DEFAULT_PROXY_RULES, ProxySync, SliceWriter } from '../../../../models/kubernetes/endpoints/propagation.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('slices are written at once, or once for all changes of a batch', () => {
  const now = new SliceWriter();
  expect(now.write(0)).toBe(false);
  now.changed(S);
  expect(now.nextNs).toBe(S);
  expect(now.write(S)).toBe(true);
  expect(now.nextNs).toBe(null);
  const batched = new SliceWriter(0.5 * S);
  batched.changed(S);
  batched.changed(1.4 * S);
  expect(batched.nextNs).toBe(1.5 * S);
  expect(batched.write(1.4 * S)).toBe(false);
  expect(batched.write(1.5 * S)).toBe(true);
});

test('kube-proxy syncs at once, then at the end of a second, and after half a minute in any case', () => {
  const proxy = new ProxySync({ ...DEFAULT_PROXY_RULES, writeNs: 0.1 * S });
  expect(proxy.nextNs).toBe(null);
  expect(proxy.sync(0)).toBe(null);
  proxy.changed(5 * S);
  expect(proxy.sync(5 * S)).toBe(5.1 * S);
  proxy.changed(5.3 * S);
  proxy.changed(5.8 * S);
  expect(proxy.nextNs).toBe(6 * S);
  expect(proxy.sync(6 * S)).toBe(6.1 * S);
  expect(proxy.nextNs).toBe(36 * S);
  proxy.changed(20 * S);
  expect(proxy.sync(20 * S)).toBe(20.1 * S);
  expect(proxy.sync(50 * S)).toBe(50.1 * S);
});
