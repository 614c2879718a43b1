import { expect, test } from 'vitest';
import { scaledDown, scaledUp } from '../../../models/kubernetes/int-or-percent.js';

test('counts are what they are, percentages are rounded', () => {
  expect([scaledUp(3, 10), scaledDown(3, 10)]).toEqual([3, 3]);
  expect([scaledUp({ percent: 25 }, 10), scaledDown({ percent: 25 }, 10)]).toEqual([3, 2]);
  expect([scaledUp({ percent: 50 }, 10), scaledDown({ percent: 50 }, 10)]).toEqual([5, 5]);
  expect([scaledUp({ percent: 10 }, 0), scaledDown({ percent: 100 }, 0)]).toEqual([0, 0]);
});
