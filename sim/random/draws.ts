// Randomness that belongs to its cause: every draw that a call causes is a function of (seed, purpose, call key), so the same customer meets
// the same luck however the policies under comparison differ. No sequence is shared; the order of draws does not matter.
import { seedWords } from './seed.js';
import { Threefry } from './threefry.js';

const INV_2_52 = 2.220446049250313e-16;

/** Derives the key of a child from the key of its parent. The result stands in `hi` and `lo`. */
export class CallKeys {
  hi = 0;
  lo = 0;
  private readonly cipher = new Threefry();

  /** The key of the child with the numbers (a, b), e.g. (step, ordinal and attempt), of the parent (hi, lo). */
  derive(parentHi: number, parentLo: number, a: number, b: number): void {
    this.cipher.block(parentHi, parentLo, a, b);
    this.hi = this.cipher.x0;
    this.lo = this.cipher.x1;
  }
}

/** All draws of one purpose (`work`, `fault delay`, `balancer` …) under one seed. */
export class Draws {
  private readonly k0: number;
  private readonly k1: number;
  private readonly cipher = new Threefry();

  /** @param seed any string @param purpose names what is drawn; different purposes are independent */
  constructor(seed: string, purpose: string) {
    const words = seedWords(`${purpose}\n${seed}`, 2);
    this.k0 = words[0];
    this.k1 = words[1];
  }

  /** Uniform in the open interval (0, 1), 52 bits, for the call with this key. */
  uniform(hi: number, lo: number): number {
    const cipher = this.cipher;
    cipher.block(this.k0, this.k1, hi, lo);
    return ((cipher.x0 >>> 6) * 67108864 + (cipher.x1 >>> 6) + 0.5) * INV_2_52;
  }

  /** Two independent 32-bit integers at once: see `first` and `second`. */
  pair(hi: number, lo: number): void {
    this.cipher.block(this.k0, this.k1, hi, lo);
  }

  /** Uniform integer in [0, n) from the first half of the last `pair` (bias below n / 2^32). */
  first(n: number): number {
    return Math.floor((this.cipher.x0 >>> 0) * 2.3283064365386963e-10 * n);
  }

  /** As `first`, from the second half. */
  second(n: number): number {
    return Math.floor((this.cipher.x1 >>> 0) * 2.3283064365386963e-10 * n);
  }
}
