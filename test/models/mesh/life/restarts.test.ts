import { expect, test } from 'vitest';
import { restartedNs } from '../../../../models/mesh/life/restarts.js';

const S = 1e9;

test('at once, then 10, 20, 40 … 300 s after the last time', () => {
  const seconds = [0, 1, 10, 11, 30, 31, 71, 700].map((down) => restartedNs(down * S) / S);
  expect(seconds).toEqual([0, 10, 10, 30, 30, 70, 150, 910]);
});
