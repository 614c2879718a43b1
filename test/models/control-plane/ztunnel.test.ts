import { expect, test } from 'vitest';
import { S_NS } from '../../../models/control-plane/time.js';
import { restartDrainNs } from '../../../models/control-plane/ztunnel.js';

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
