// What a consistent hash looks hosts up in, and how hashes are read: 64 bits as two 32-bit words.

export interface HashTable {
  /** Position of the host of a key, among the hosts that the table was built from. @param attempt how often the host was refused so far */
  lookup(hi: number, lo: number, attempt: number): number;
}

/** A host as a table sees it. */
export interface HashedHost {
  /** What is hashed in place of its address. */
  readonly address: string;
  /** Its part of all weight; the parts sum up to 1. */
  readonly share: number;
}

const TWO_32 = 4294967296;

/** (hi, lo) as an unsigned 64-bit integer modulo m, exact for m below 2^26. */
export function modulo64(hi: number, lo: number, m: number): number {
  return (((hi >>> 0) % m) * (TWO_32 % m) + (lo >>> 0)) % m;
}
