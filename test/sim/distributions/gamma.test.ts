// Known answers: computed with mpmath at 50 digits (gammainc, regularized), rounded to double.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { GammaDistribution } from '../../../sim/distributions/gamma.js';
import { gammaP, gammaQ, logGammaDensity, logGammaQuantile } from '../../../sim/distributions/incomplete-gamma.js';
import { normalCdf } from '../../../sim/math.js';

const ANSWERS = [
  [0.01, 1e-5, 0.8963367982671973, 0.1036632017328028],
  [0.1, 0.01, 0.6626212599544798, 0.3373787400455202],
  [0.1, 3, 0.9984347282528856, 0.001565271747114354],
  [0.5, 20, 0.9999999997460371, 2.539628589470865e-10],
  [1, 1, 0.6321205588285577, 0.36787944117144233],
  [2.5, 1, 0.15085496391539036, 0.8491450360846097],
  [2.5, 9, 0.9970535954121197, 0.0029464045878802906],
  [9.9, 5, 0.03447433035425408, 0.9655256696457459],
  [10.1, 30, 0.9999919795551719, 8.020444828107232e-6],
  [100, 50, 3.200065324585125e-10, 0.9999999996799934],
  [100, 130, 0.9972495916326934, 0.002750408367306526],
  [1000, 1001, 0.5168114529297863, 0.4831885470702138],
  [1e5, 99000, 0.0007574199211747679, 0.9992425800788253],
] as const;

describe('incomplete gamma function', () => {
  it.each(ANSWERS)('P(%d, %d) = %d, Q = %d', (a, x, p, q) => {
    expect(Math.abs(gammaP(a, x) / p - 1)).toBeLessThan(2e-14);
    expect(Math.abs(gammaQ(a, x) / q - 1)).toBeLessThan(2e-14);
  });

  it.each(ANSWERS)('the quantile of shape %d at P(%d) comes back', (a, x, p, q) => {
    const y = p < q ? logGammaQuantile(a, p, false) : logGammaQuantile(a, q, true);
    expect(Math.abs(y - Math.log(x))).toBeLessThan(3e-13);
  });

  it('has its ends', () => {
    expect([gammaP(2, 0), gammaP(2, -1), gammaP(2, Infinity)]).toEqual([0, 0, 1]);
    expect([gammaQ(2, 0), gammaQ(2, -1), gammaQ(2, Infinity)]).toEqual([1, 1, 0]);
  });

  const shape = fc.double({ min: -3, max: 5, noNaN: true }).map((exponent) => 10 ** exponent);
  property.prop([shape, fc.double({ min: 1e-16, max: 0.5, noNaN: true })])(
    'has a quantile that undoes P and Q',
    (a, p) => {
      const lower = Math.exp(logGammaQuantile(a, p, false));
      const upper = Math.exp(logGammaQuantile(a, p, true));
      const tolerance = 1e-11 * Math.max(1, Math.sqrt(a));
      // Below 1e-300 the quantile of a small shape loses digits, or is 0.
      if (lower > 1e-300) expect(Math.abs(gammaP(a, lower) / p - 1)).toBeLessThan(tolerance);
      if (upper > 1e-300) expect(Math.abs(gammaQ(a, upper) / p - 1)).toBeLessThan(tolerance);
    },
  );

  property.prop([fc.double({ min: 0.1, max: 1000, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })])(
    'has the density as the slope of P',
    (a, place) => {
      const y = Math.log(a) + place / Math.sqrt(a);
      const h = 1e-4 / Math.sqrt(1 + a);
      const slope = (gammaP(a, Math.exp(y + h)) - gammaP(a, Math.exp(y - h))) / (2 * h);
      expect(Math.abs(slope - logGammaDensity(a, y))).toBeLessThan(1e-6 * Math.sqrt(1 + a));
    },
  );
});

describe('the table of the gamma quantile', () => {
  it.each([0.001, 0.01, 0.1, 0.37, 0.5, 1, 1.5, 2, 3, 7.7, 10, 100, 1e4, 1e6])(
    'is within 2e-9 of the exact inverse for shape %d',
    (shape) => {
      const distribution = new GammaDistribution(shape, shape);
      for (let z = -8.4; z < 5; z += 0.0173) {
        const exact =
          z < 0 ? logGammaQuantile(shape, normalCdf(z), false) : logGammaQuantile(shape, normalCdf(-z), true);
        // Below e^-700 doubles lose digits.
        if (exact > -700) expect(Math.abs(Math.log(distribution.sample(normalCdf(z))) - exact)).toBeLessThan(2e-9);
      }
    },
  );
});
