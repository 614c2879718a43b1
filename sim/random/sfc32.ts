// The sequential generator: small, fast, 32-bit, with a counter that bounds the period from below at 2^32 (about 2^127 on average).
// Source: Chris Doty-Humphrey, PractRand 0.95 (`sfc32` in src/RNGs/sfc.cpp), version 4 of the algorithm, seeded with three words and
// 15 rounds as there.

const WARM_UP_ROUNDS = 15;
const TWO_32 = 4294967296;
const TWO_POW_MINUS_53 = 1.1102230246251565e-16;
const TWO_POW_MINUS_54 = 5.551115123125783e-17;

/** A stream of uniform numbers; the same seed words give the same sequence for ever. */
export class Sfc32 {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /** Any three 32-bit words, signed or unsigned; all zero is fine. */
  constructor(a: number, b: number, c: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.counter = 1;
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.round();
  }

  /** An integer in 0 .. 2^32 - 1. */
  nextUint32(): number {
    return this.round() >>> 0;
  }

  /** A double in the open interval (0, 1) on a grid of 53 bits. */
  next(): number {
    const high = this.round() >>> 5;
    const low = this.round() >>> 6;
    const bits = high * 67108864 + low;
    return bits === 0 ? TWO_POW_MINUS_54 : bits * TWO_POW_MINUS_53;
  }

  /**
   * An integer in 0 .. n - 1, without bias (draws beyond the last multiple of n are thrown away).
   * @throws RangeError unless n is an integer in 1 .. 2^32.
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) throw new RangeError(`n must be an integer in 1..2^32, not ${n}`);
    const end = TWO_32 - (TWO_32 % n);
    let word = this.nextUint32();
    while (word >= end) word = this.nextUint32();
    return word % n;
  }

  private round(): number {
    const output = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + output) | 0;
    return output;
  }
}
