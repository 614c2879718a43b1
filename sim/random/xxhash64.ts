// xxHash64 in 32-bit arithmetic: the hash behind Envoy's ring hash, Maglev and hash policies (Y. Collet, "xxHash fast digest algorithm", the
// XXH64 part of its specification; envoy: source/common/common/hash.h).

const P1_HI = 0x9e3779b1;
const P1_LO = 0x85ebca87;
const P2_HI = 0xc2b2ae3d;
const P2_LO = 0x27d4eb4f;
const P3_HI = 0x165667b1;
const P3_LO = 0x9e3779f9;
const P4_HI = 0x85ebca77;
const P4_LO = 0xc2b2ae63;
const P5_HI = 0x27d4eb2f;
const P5_LO = 0x165667c5;

/** Hashes bytes; the last result stands in `hi` and `lo` (signed 32-bit). Holds no state between calls and allocates nothing. */
export class XxHash64 {
  hi = 0;
  lo = 0;
  private readonly lanesHi = new Int32Array(4);
  private readonly lanesLo = new Int32Array(4);

  /** The hash of the first `length` bytes under a seed of 32 bits. */
  bytes(input: Uint8Array, length: number, seed = 0): void {
    let at = 0;
    if (length >= 32) at = this.stripes(input, length, seed);
    else {
      this.hi = P5_HI;
      this.lo = P5_LO;
      this.add(0, seed);
    }
    this.add(0, length);
    for (; at + 8 <= length; at += 8) {
      const hi = this.hi;
      const lo = this.lo;
      this.round(0, 0, word(input, at + 4), word(input, at));
      this.hi ^= hi;
      this.lo ^= lo;
      this.rotate(27);
      this.multiply(P1_HI, P1_LO);
      this.add(P4_HI, P4_LO);
    }
    if (at + 4 <= length) {
      const hi = this.hi;
      const lo = this.lo;
      this.hi = 0;
      this.lo = word(input, at);
      this.multiply(P1_HI, P1_LO);
      this.hi ^= hi;
      this.lo ^= lo;
      this.rotate(23);
      this.multiply(P2_HI, P2_LO);
      this.add(P3_HI, P3_LO);
      at += 4;
    }
    for (; at < length; at++) {
      const hi = this.hi;
      const lo = this.lo;
      this.hi = 0;
      this.lo = input[at];
      this.multiply(P5_HI, P5_LO);
      this.hi ^= hi;
      this.lo ^= lo;
      this.rotate(11);
      this.multiply(P1_HI, P1_LO);
    }
    this.avalanche();
  }

  /** The hash of a text in UTF-8. */
  text(text: string, seed = 0): void {
    const bytes = utf8(text);
    this.bytes(bytes, bytes.length, seed);
  }

  private stripes(input: Uint8Array, length: number, seed: number): number {
    const { lanesHi, lanesLo } = this;
    this.setLane(0, P1_HI, P1_LO, seed);
    this.hi = lanesHi[0];
    this.lo = lanesLo[0];
    this.add(P2_HI, P2_LO);
    lanesHi[0] = this.hi;
    lanesLo[0] = this.lo;
    this.setLane(1, P2_HI, P2_LO, seed);
    this.setLane(2, 0, 0, seed);
    // seed - P1 = seed + ~P1 + 1
    this.setLane(3, ~P1_HI, ~P1_LO, seed);
    this.hi = lanesHi[3];
    this.lo = lanesLo[3];
    this.add(0, 1);
    lanesHi[3] = this.hi;
    lanesLo[3] = this.lo;
    let at = 0;
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        this.round(lanesHi[lane], lanesLo[lane], word(input, at + lane * 8 + 4), word(input, at + lane * 8));
        lanesHi[lane] = this.hi;
        lanesLo[lane] = this.lo;
      }
    }
    let sumHi = 0;
    let sumLo = 0;
    for (let lane = 0; lane < 4; lane++) {
      this.hi = lanesHi[lane];
      this.lo = lanesLo[lane];
      this.rotate(lane === 0 ? 1 : lane === 1 ? 7 : lane === 2 ? 12 : 18);
      this.add(sumHi, sumLo);
      sumHi = this.hi;
      sumLo = this.lo;
    }
    for (let lane = 0; lane < 4; lane++) {
      const hi = this.hi;
      const lo = this.lo;
      this.round(0, 0, lanesHi[lane], lanesLo[lane]);
      this.hi ^= hi;
      this.lo ^= lo;
      this.multiply(P1_HI, P1_LO);
      this.add(P4_HI, P4_LO);
    }
    return at;
  }

  private setLane(lane: number, hi: number, lo: number, seed: number): void {
    this.hi = hi;
    this.lo = lo;
    this.add(0, seed);
    this.lanesHi[lane] = this.hi;
    this.lanesLo[lane] = this.lo;
  }

  /** The accumulator (accHi, accLo) after one word of input; the result is the present value. */
  private round(accHi: number, accLo: number, hi: number, lo: number): void {
    this.hi = hi;
    this.lo = lo;
    this.multiply(P2_HI, P2_LO);
    this.add(accHi, accLo);
    this.rotate(31);
    this.multiply(P1_HI, P1_LO);
  }

  private avalanche(): void {
    // 33 and 32 reach from the upper word into the lower one only; 29 mixes both.
    this.lo ^= this.hi >>> 1;
    this.multiply(P2_HI, P2_LO);
    this.lo ^= (this.lo >>> 29) | (this.hi << 3);
    this.hi ^= this.hi >>> 29;
    this.multiply(P3_HI, P3_LO);
    this.lo ^= this.hi;
  }

  private add(hi: number, lo: number): void {
    const low = (this.lo >>> 0) + (lo >>> 0);
    this.lo = low | 0;
    this.hi = (this.hi + hi + (low > 4294967295 ? 1 : 0)) | 0;
  }

  private rotate(bits: number): void {
    const { hi, lo } = this;
    this.hi = (hi << bits) | (lo >>> (32 - bits));
    this.lo = (lo << bits) | (hi >>> (32 - bits));
  }

  private multiply(hi: number, lo: number): void {
    const aLo = this.lo & 0xffff;
    const aHi = this.lo >>> 16;
    const bLo = lo & 0xffff;
    const bHi = lo >>> 16;
    // The upper half of the product of the lower words, by 16-bit parts.
    const middle = aHi * bLo + ((aLo * bLo) >>> 16);
    const carry = aLo * bHi + (middle & 0xffff);
    const high = aHi * bHi + Math.floor(middle / 65536) + Math.floor(carry / 65536);
    this.hi = (high + Math.imul(this.hi, lo) + Math.imul(this.lo, hi)) | 0;
    this.lo = Math.imul(this.lo, lo);
  }
}

/** Little-endian. */
function word(input: Uint8Array, at: number): number {
  return input[at] | (input[at + 1] << 8) | (input[at + 2] << 16) | (input[at + 3] << 24);
}

function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return Uint8Array.from(bytes);
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
