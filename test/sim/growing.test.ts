// Tables that grow: nothing is lost, zeros behind, and no more than twice is copied.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatsFor, intsFor } from '../../sim/growing.js';

const length = fc.integer({ min: 0, max: 300 });
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 100 });

test('there is room for what is asked for, and what was there is there', () => {
  fc.assert(
    fc.property(length, numbers, (wanted, values) => {
      for (const cells of [floatsFor(wanted, Float64Array.from(values)), intsFor(wanted, Int32Array.from(values))]) {
        expect(cells.length).toBeGreaterThanOrEqual(Math.max(wanted, values.length));
        expect([...cells.subarray(0, values.length)]).toEqual(values);
        expect([...cells.subarray(values.length)].every((cell) => cell === 0)).toBe(true);
      }
    }),
  );
});

test('an array with room stays, another becomes twice as long at least', () => {
  const floats = new Float64Array(8);
  const ints = new Int32Array(8);
  expect(floatsFor(8, floats)).toBe(floats);
  expect(intsFor(8, ints)).toBe(ints);
  expect([floatsFor(9, floats).length, intsFor(9, ints).length]).toEqual([16, 16]);
  expect([floatsFor(100, floats).length, intsFor(100, ints).length]).toEqual([100, 100]);
});
