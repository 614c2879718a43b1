// Threefry-2x32-13 against the known answers of Random123 (kat_vectors, threefry2x32 13), and the laws of keyed draws.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CallKeys, Draws } from '../../sim/random/draws.js';
import { Threefry } from '../../sim/random/threefry.js';

const hex = (x: number): string => (x >>> 0).toString(16).padStart(8, '0');

describe('Threefry-2x32-13', () => {
  it.each([
    [0, 0, 0, 0, '9d1c5ec6', '8bd50731'],
    [-1, -1, -1, -1, 'fd36d048', '2d17272c'],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 'ba3e4725', 'f27d669e'],
  ])('known answer %#', (k0, k1, c0, c1, x0, x1) => {
    const cipher = new Threefry();
    cipher.block(k0 | 0, k1 | 0, c0 | 0, c1 | 0);
    expect([hex(cipher.x0), hex(cipher.x1)]).toEqual([x0, x1]);
  });
});

describe('keyed draws', () => {
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

  test.prop([fc.string(), fc.string(), int32, int32])(
    'are functions of (seed, purpose, key) within (0, 1)',
    (seed, purpose, hi, lo) => {
      const draws = new Draws(seed, purpose);
      const u = draws.uniform(hi, lo);
      draws.uniform(lo, hi);
      expect(draws.uniform(hi, lo)).toBe(u);
      expect(new Draws(seed, purpose).uniform(hi, lo)).toBe(u);
      expect(u).toBeGreaterThan(0);
      expect(u).toBeLessThan(1);
    },
  );

  // 100 cells of 1,000 draws each: chi-square with 99 degrees of freedom is below 168 with probability 1 - 2e-5.
  function chiSquare(values: Iterable<number>): number {
    const cells = new Float64Array(100);
    let n = 0;
    for (const value of values) {
      cells[Math.floor(value * 100)]++;
      n++;
    }
    let sum = 0;
    for (const seen of cells) sum += ((seen - n / 100) * (seen - n / 100)) / (n / 100);
    return sum;
  }

  it('are uniform over neighbouring keys, neighbouring seeds, and first draws of neighbouring children', () => {
    const byKey = new Draws('seed', 'work');
    expect(chiSquare(Array.from({ length: 100_000 }, (_, i) => byKey.uniform(0, i)))).toBeLessThan(168);
    expect(
      chiSquare(Array.from({ length: 20_000 }, (_, i) => new Draws(`seed ${i}`, 'work').uniform(1, 2))),
    ).toBeLessThan(168);
    const keys = new CallKeys();
    const children = Array.from({ length: 100_000 }, (_, i) => {
      keys.derive(1, 2, i % 7, Math.floor(i / 7));
      return byKey.uniform(keys.hi, keys.lo);
    });
    expect(chiSquare(children)).toBeLessThan(168);
  });

  it('neighbours and purposes are uncorrelated', () => {
    const work = new Draws('seed', 'work');
    const route = new Draws('seed', 'route');
    const n = 50_000;
    let lag = 0;
    let across = 0;
    for (let i = 0; i < n; i++) {
      const x = work.uniform(3, i) - 0.5;
      lag += x * (work.uniform(3, i + 1) - 0.5) * 12;
      across += x * (route.uniform(3, i) - 0.5) * 12;
    }
    // Correlations have a standard error of 1/sqrt(n) = 0.0045; 4.5 of them (error probability 7e-6 each).
    expect(Math.abs(lag / n)).toBeLessThan(0.02);
    expect(Math.abs(across / n)).toBeLessThan(0.02);
  });

  it('pairs are independent integers', () => {
    const draws = new Draws('seed', 'balancer');
    const seen = new Float64Array(9);
    for (let i = 0; i < 90_000; i++) {
      draws.pair(i, 5);
      seen[draws.first(3) * 3 + draws.second(3)]++;
    }
    // 10,000 expected a cell, standard deviation 94: 450 is 4.7 of them.
    for (const count of seen) expect(Math.abs(count - 10_000)).toBeLessThan(450);
  });

  it('children of different parents, steps and attempts have different keys', () => {
    const keys = new CallKeys();
    const seen = new Set<string>();
    for (let parent = 0; parent < 20; parent++) {
      for (let step = 0; step < 50; step++) {
        for (let attempt = 0; attempt < 5; attempt++) {
          keys.derive(parent, 0, step, attempt);
          seen.add(`${keys.hi}/${keys.lo}`);
        }
      }
    }
    expect(seen.size).toBe(5000);
  });
});
