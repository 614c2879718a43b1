// Who got what: a bounded sample of a request's customers, chosen by their keys alone. Two worlds that are sent the same customers (law 4: keyed
// randomness) keep the same ones, so that a comparison can follow each of them. When the sample is full, the half of it with the larger keys is
// given up, and no such customer is taken any more (adaptive sampling: Flajolet, Computing 43, 1990).

/** A sample as plain arrays, sorted by key; entry i of each belongs to one customer. */
export interface CustomersResult {
  /** All customers whose `keyLo` lies below it are here, and no others. */
  readonly bound: number;
  readonly keyLo: Uint32Array;
  readonly keyHi: Uint32Array;
  /** 1: answered as expected. */
  readonly good: Uint8Array;
  readonly latencyNs: Float64Array;
}

const KEYS = 4294967296;
/** Of all requests of a plan together, and at least of each: a replication's samples take about 0.6 MB. */
const ALL = 32768;
const LEAST = 256;

/** Customers that each of so many requests may keep. */
export function customersEach(requests: number): number {
  return Math.max(LEAST, Math.floor(ALL / Math.max(1, requests)));
}

export class Customers {
  private bound = KEYS;
  private count = 0;
  private readonly keyLo: Uint32Array;
  private readonly keyHi: Uint32Array;
  private readonly good: Uint8Array;
  private readonly latencyNs: Float64Array;

  /** @param most >= 2 */
  constructor(most: number) {
    this.keyLo = new Uint32Array(most);
    this.keyHi = new Uint32Array(most);
    this.good = new Uint8Array(most);
    this.latencyNs = new Float64Array(most);
  }

  add(keyHi: number, keyLo: number, good: boolean, latencyNs: number): void {
    const low = keyLo >>> 0;
    while (low < this.bound && this.count === this.keyLo.length) this.halve();
    if (low >= this.bound) return;
    const at = this.count++;
    this.keyLo[at] = low;
    this.keyHi[at] = keyHi >>> 0;
    this.good[at] = good ? 1 : 0;
    this.latencyNs[at] = latencyNs;
  }

  clear(): void {
    this.bound = KEYS;
    this.count = 0;
  }

  toData(): CustomersResult {
    const order = Array.from({ length: this.count }, (_, i) => i).sort(
      (a, b) => this.keyLo[a] - this.keyLo[b] || this.keyHi[a] - this.keyHi[b],
    );
    return {
      bound: this.bound,
      keyLo: Uint32Array.from(order, (i) => this.keyLo[i]),
      keyHi: Uint32Array.from(order, (i) => this.keyHi[i]),
      good: Uint8Array.from(order, (i) => this.good[i]),
      latencyNs: Float64Array.from(order, (i) => this.latencyNs[i]),
    };
  }

  private halve(): void {
    this.bound /= 2;
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.keyLo[i] >= this.bound) continue;
      this.keyLo[kept] = this.keyLo[i];
      this.keyHi[kept] = this.keyHi[i];
      this.good[kept] = this.good[i];
      this.latencyNs[kept] = this.latencyNs[i];
      kept++;
    }
    this.count = kept;
  }
}
