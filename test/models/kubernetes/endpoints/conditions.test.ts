import { expect, test } from 'vitest';
import { conditionsOf, type EndpointPod, usableEndpoints } from '../../../../models/kubernetes/endpoints/conditions.js';

const POD: EndpointPod = { phase: 'Running', hasAddress: true, ready: true, terminating: false };

test.each<readonly [Partial<EndpointPod>, boolean, ReturnType<typeof conditionsOf>]>([
  [{}, false, { ready: true, serving: true, terminating: false }],
  [{ ready: false }, false, { ready: false, serving: false, terminating: false }],
  [{ terminating: true }, false, { ready: false, serving: true, terminating: true }],
  [{ terminating: true, ready: false }, false, { ready: false, serving: false, terminating: true }],
  [{ ready: false }, true, { ready: true, serving: false, terminating: false }],
  [{ terminating: true }, true, { ready: true, serving: true, terminating: true }],
  [{ phase: 'Failed' }, true, null],
  [{ phase: 'Succeeded' }, false, null],
  [{ hasAddress: false }, false, null],
])('%j, publishNotReadyAddresses %s', (fields, publishNotReady, expected) => {
  expect(conditionsOf({ ...POD, ...fields }, publishNotReady)).toEqual(expected);
});

test('where none is ready, those that serve although they go are used', () => {
  const ready = { ready: true, serving: true, terminating: false };
  const leaving = { ready: false, serving: true, terminating: true };
  const broken = { ready: false, serving: false, terminating: false };
  expect(usableEndpoints([broken, ready, leaving])).toEqual([1]);
  expect(usableEndpoints([broken, leaving])).toEqual([1]);
  expect(usableEndpoints([broken])).toEqual([]);
});
