import { expect, test } from 'vitest';
import { S_NS } from '../../../models/control-plane/time.js';
import { closedByPolicy, restartDrainNs } from '../../../models/control-plane/ztunnel.js';

test.each([
  [null, 5],
  [0, 1],
  [1, 1],
  [10, 9],
  [11, 6],
  [30, 25],
])('with a grace of %j s an instance that is replaced serves on for %d s', (grace, seconds) => {
  expect(restartDrainNs(grace)).toBe(seconds * S_NS);
});

test('a ztunnel judges open connections anew, an Envoy does not', () => {
  expect([closedByPolicy('ztunnel', true), closedByPolicy('ztunnel', false), closedByPolicy('envoy', true)]).toEqual([
    true,
    false,
    false,
  ]);
});
