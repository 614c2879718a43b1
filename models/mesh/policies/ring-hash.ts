// Ring hash: each host has entries on a ring in proportion to its weight, a key goes to the next entry (envoy:
// source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc). A host that goes leaves its keys to its neighbours; the others keep theirs.
import { XxHash64 } from '../../../sim/random/xxhash64.js';
import type { HashedHost, HashTable } from './hash-table.js';

export const DEFAULT_RING_SIZE = 1024;
export const MAX_RING_SIZE = 8_388_608;

/** Entries by host: as many as the least host has a whole number of at the least ring size. */
export function ringEntries(shares: readonly number[], minRingSize: number): number[] {
  const least = Math.min(...shares);
  const scale = Math.min(Math.ceil(least * minRingSize) / least, MAX_RING_SIZE);
  let entries = 0;
  let target = 0;
  return shares.map((share) => {
    target += scale * share;
    const before = entries;
    while (entries < target) entries++;
    return entries - before;
  });
}

export class HashRing implements HashTable {
  readonly size: number;
  /** Entries in the order of their hashes. */
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;
  private readonly hosts: Int32Array;

  constructor(hosts: readonly HashedHost[], minRingSize: number) {
    const entries = ringEntries(
      hosts.map((host) => host.share),
      minRingSize,
    );
    this.size = entries.reduce((a, b) => a + b, 0);
    const high = new Uint32Array(this.size);
    const low = new Uint32Array(this.size);
    const owner = new Int32Array(this.size);
    const hash = new XxHash64();
    let at = 0;
    hosts.forEach((host, position) => {
      for (let i = 0; i < entries[position]; i++, at++) {
        hash.text(`${host.address}_${i}`);
        high[at] = hash.hi;
        low[at] = hash.lo;
        owner[at] = position;
      }
    });
    const order = Uint32Array.from(high, (_, entry) => entry).sort(
      (a, b) => high[a] - high[b] || low[a] - low[b] || a - b,
    );
    this.high = high.map((_, i) => high[order[i]]);
    this.low = low.map((_, i) => low[order[i]]);
    this.hosts = owner.map((_, i) => owner[order[i]]);
  }

  lookup(hi: number, lo: number, attempt: number): number {
    return this.hosts[(this.firstAtLeast(hi >>> 0, lo >>> 0) + attempt) % this.size];
  }

  /** The first entry whose hash is not below the key; the first of all after the last. */
  private firstAtLeast(hi: number, lo: number): number {
    const { high, low } = this;
    let from = 0;
    let to = this.size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (high[middle] < hi || (high[middle] === hi && low[middle] < lo)) from = middle + 1;
      else to = middle;
    }
    return from === this.size ? 0 : from;
  }
}
