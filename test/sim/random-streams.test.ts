import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seedWords } from '../../sim/random/seed.js';
import { Sfc32 } from '../../sim/random/sfc32.js';
import { componentStream } from '../../sim/random/stream.js';

/** sfc32 once more, word for word from PractRand's description, with unbounded integers. */
function* referenceSfc32(seeds: readonly [bigint, bigint, bigint]): Generator<number> {
  const word = (x: bigint): bigint => BigInt.asUintN(32, x);
  let [a, b, c] = seeds;
  let counter = 1n;
  for (let round = 0; ; round++) {
    const output = word(a + b + counter);
    counter = word(counter + 1n);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(((c << 21n) | (c >> 11n)) + output);
    if (round >= 15) yield Number(output);
  }
}

describe('sfc32', () => {
  it('gives the published sequence for seeds of zero', () => {
    // PractRand 0.95, sfc32 seeded with (0, 0, 0) and 15 rounds; also in the tests of the Rust crate sfc-prng.
    const expected = [
      0xfb52c520, 0x38802be1, 0x948279e6, 0xec4bf1d9, 0x7cb0a909, 0xfad8b4a8, 0x3ca4b808, 0x3821b4c5, 0x5e7023ca,
      0x50f26bf7, 0xf1e1b0a2, 0x6163032f, 0x3bf3c9a4,
    ];
    const generator = new Sfc32(0, 0, 0);
    expect(expected.map(() => generator.nextUint32())).toEqual(expected);
  });

  const uint32 = fc.integer({ min: 0, max: 0xffffffff });
  property.prop([uint32, uint32, uint32])('agrees with the reference algorithm for any seed', (a, b, c) => {
    const generator = new Sfc32(a, b, c);
    const reference = referenceSfc32([BigInt(a), BigInt(b), BigInt(c)]);
    for (let i = 0; i < 50; i++) expect(generator.nextUint32()).toBe(reference.next().value);
  });

  it('takes signed and unsigned words for the same seed', () => {
    expect(new Sfc32(-1, -2, -3).nextUint32()).toBe(new Sfc32(0xffffffff, 0xfffffffe, 0xfffffffd).nextUint32());
  });

  it('makes doubles of 53 bits from two words, high word first, inside (0, 1)', () => {
    const words = new Sfc32(1, 2, 3);
    const doubles = new Sfc32(1, 2, 3);
    for (let i = 0; i < 1000; i++) {
      const bits = (BigInt(words.nextUint32() >>> 5) << 26n) | BigInt(words.nextUint32() >>> 6);
      const double = doubles.next();
      expect(double).toBe(Number(bits) / 2 ** 53);
      expect(double > 0 && double < 1).toBe(true);
    }
  });

  it('draws integers without bias', () => {
    // Chi-square over 7 cells, 70,000 draws: above 35.0 with probability 4e-6 (6 degrees of freedom). The seed is fixed.
    const generator = new Sfc32(4, 5, 6);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[generator.integer(7)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(35);
  });

  it('knows the limits of integer', () => {
    const generator = new Sfc32(4, 5, 6);
    expect(generator.integer(1)).toBe(0);
    expect(generator.integer(2 ** 32)).toBeLessThan(2 ** 32);
    for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => generator.integer(n)).toThrow(RangeError);
  });
});

describe('seedWords', () => {
  it('is the big-endian key stream of RC4-drop[256] with the key `<bytes>:<UTF-8>` (computed by an independent implementation)', () => {
    expect([...seedWords('', 2)]).toEqual([808652792, -1731457202]);
    expect([...seedWords('sea trial ⚓', 3)]).toEqual([-2057155557, 1306910850, 952106854]);
  });

  it('extends the sequence when asked for more', () => {
    expect([...seedWords('x', 8)].slice(0, 3)).toEqual([...seedWords('x', 3)]);
    expect(seedWords('x', 0)).toHaveLength(0);
    expect(() => seedWords('x', -1)).toThrow(RangeError);
    expect(() => seedWords('x', 1.5)).toThrow(RangeError);
  });

  it('tells texts apart that ARC4 as used by seedrandom would not', () => {
    const texts = [
      '',
      'a',
      'aa',
      'aaa',
      'abab',
      'ab',
      '\u0161',
      '\u0261',
      '\0',
      '\0\0',
      '\ud800',
      '\udbff',
      '\ufffd',
      '😀',
      '1',
      '11',
      '1:1',
    ];
    const hashes = new Set(texts.map((text) => seedWords(text, 2).join()));
    expect(hashes.size).toBe(texts.length);
  });

  it('takes very long texts, and sees a change anywhere in them', () => {
    const long = 'x'.repeat(100_000);
    const changes = [
      long,
      `y${long.slice(1)}`,
      `${long.slice(0, 50_000)}y${long.slice(50_001)}`,
      `${long.slice(1)}y`,
      `${long}x`,
    ];
    expect(new Set(changes.map((text) => seedWords(text, 2).join())).size).toBe(changes.length);
  });

  property.prop([fc.string({ unit: 'binary' })])('is a function of the text alone', (text) => {
    expect(seedWords(text, 4)).toEqual(seedWords(text, 4));
  });

  it('leaves Math.random alone', () => {
    const before = Math.random;
    seedWords('x', 4);
    expect(Math.random).toBe(before);
  });
});

describe('componentStream', () => {
  it('keeps seed and name apart', () => {
    expect(componentStream('a', 'b c').next()).not.toBe(componentStream('a b', 'c').next());
    expect(componentStream('ab', 'c').next()).not.toBe(componentStream('a', 'bc').next());
  });

  it('gives a component the same stream however often others are asked', () => {
    const alone = componentStream('seed', 'cart');
    const expected = [alone.next(), alone.next()];
    const other = componentStream('seed', 'catalog');
    const again = componentStream('seed', 'cart');
    other.next();
    const first = again.next();
    other.next();
    expect([first, again.next()]).toEqual(expected);
  });

  // 5,000 neighbouring names; each check fails by chance with probability below 1e-6 (two-sided normal or chi-square tail); seeds are fixed.
  describe.each(['', '1', 'trial'])('under the seed %j, 5,000 neighbouring names', (seed) => {
    const count = 5000;
    const first = Array.from({ length: count }, (_, i) => componentStream(seed, `pod-${i}`).next());

    it('have first draws that are uniform', () => {
      // 50 cells, 49 degrees of freedom: the chi-square exceeds 112 with probability 6e-7.
      const cells = new Array<number>(50).fill(0);
      for (const u of first) cells[Math.floor(u * 50)]++;
      expect(cells.reduce((sum, n) => sum + (n - count / 50) ** 2 / (count / 50), 0)).toBeLessThan(112);
    });

    it.each([1, 2, 10, 100])('are uncorrelated at distance %d', (lag) => {
      // The correlation of n pairs has standard deviation 1 / sqrt(n); |z| > 4.9 has probability 1e-6.
      let sum = 0;
      for (let i = 0; i + lag < count; i++) sum += (first[i] - 0.5) * (first[i + lag] - 0.5) * 12;
      expect(Math.abs(sum) / Math.sqrt(count - lag)).toBeLessThan(4.9);
    });

    it('have pairs of neighbours that fill the unit square evenly', () => {
      // 10 x 10 cells over 2,500 separate pairs, 99 degrees of freedom: above 183 with probability 5e-7.
      const cells = new Array<number>(100).fill(0);
      for (let i = 0; i + 1 < count; i += 2) cells[Math.floor(first[i] * 10) * 10 + Math.floor(first[i + 1] * 10)]++;
      expect(cells.reduce((sum, n) => sum + (n - 25) ** 2 / 25, 0)).toBeLessThan(183);
    });
  });
});
