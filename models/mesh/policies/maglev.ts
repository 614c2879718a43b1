// Maglev: hosts fill the slots of a table of prime size in turn, each in an order of its own (Eisenbud et al., "Maglev: A Fast and Reliable Software
// Network Load Balancer", NSDI 2016, listing 1; envoy: source/extensions/load_balancing_policies/maglev/maglev_lb.cc).
import { XxHash64 } from '../../../sim/random/xxhash64.js';
import { type HashedHost, type HashTable, modulo64 } from './hash-table.js';

export const DEFAULT_TABLE_SIZE = 65537;

export class MaglevTable implements HashTable {
  private readonly slots: Int32Array;

  /** @param size a prime */
  constructor(
    hosts: readonly HashedHost[],
    private readonly size: number,
  ) {
    this.slots = new Int32Array(size).fill(-1);
    const hash = new XxHash64();
    const offset: number[] = [];
    const skip: number[] = [];
    for (const { address } of hosts) {
      hash.text(address);
      offset.push(modulo64(hash.hi, hash.lo, size));
      hash.text(address, 1);
      skip.push(modulo64(hash.hi, hash.lo, size - 1) + 1);
    }
    this.fill(hosts, offset, skip);
  }

  /** The heaviest host takes a slot in every round, the others as often as their weights say. */
  private fill(hosts: readonly HashedHost[], slot: number[], skip: readonly number[]): void {
    const { slots, size } = this;
    const heaviest = hosts.reduce((most, host) => Math.max(most, host.share), 0);
    const target = hosts.map(() => 0);
    let filled = 0;
    for (let round = 1; filled < size; round++) {
      for (let host = 0; host < hosts.length && filled < size; host++) {
        if (round * hosts[host].share < target[host]) continue;
        target[host] += heaviest;
        let at = slot[host];
        while (slots[at] >= 0) at = (at + skip[host]) % size;
        slots[at] = host;
        slot[host] = (at + skip[host]) % size;
        filled++;
      }
    }
  }

  /** A refused host: the key is turned into another one (its bits are flipped by 2^64 - attempt). */
  lookup(hi: number, lo: number, attempt: number): number {
    const word = attempt === 0 ? 0 : -attempt | 0;
    return this.slots[modulo64(attempt === 0 ? hi : ~hi, lo ^ word, this.size)];
  }
}
