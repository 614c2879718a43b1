import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from '../../sim/nearest.js';

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['retires', 'retries', 1],
    ['ca', 'abc', 3],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s to %s is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and 0 only for equal texts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('is the same up to a limit, and above the limit beyond', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 10 });
    fc.assert(
      fc.property(text, text, fc.nat(6), (a, b, limit) => {
        const distance = editDistance(a, b);
        const bounded = editDistance(a, b, limit);
        if (distance <= limit) expect(bounded).toBe(distance);
        else expect(bounded).toBeGreaterThan(limit);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('nearestName', () => {
  const names = ['retries', 'route', 'rewrite', 'timeout', 'fault'];
  it.each([
    ['retires', 'retries'],
    ['Timeout', 'timeout'],
    ['timeuot', 'timeout'],
    ['faults', 'fault'],
    ['qqq', null],
    ['x', null],
  ])('%s → %s', (name, nearest) => {
    expect(nearestName(name, names)).toBe(nearest);
  });
});
