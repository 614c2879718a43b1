// Earliest deadline first: the weighted round robin of Envoy (envoy: source/common/upstream/edf_scheduler.h). Each entry's deadline is the time
// of its last pick plus 1 / weight; the weight counts as it is when the entry goes back into the queue. Ties go to the entry that was queued first.

/** Bound of the picks that a new scheduler is moved on by. */
export const MAX_PREPICKS = 429496729;
/** Keeps equal deadlines in the order of a queue that was picked from, in spite of rounding. */
const EPSILON = 1e-13;

export class EdfScheduler {
  /** A binary heap over parallel arrays. */
  private readonly entries: Int32Array;
  private readonly deadlines: Float64Array;
  private readonly orders: Float64Array;
  private readonly size: number;
  private nowTime = 0;
  private nextOrder = 0;

  /**
   * Entries 0 .. weights.length - 1 as they stand after `prepicks` picks: the whole rounds by arithmetic, the rest one by one.
   * Weights are > 0.
   */
  constructor(weights: ArrayLike<number>, prepicks: number) {
    const count = weights.length;
    this.size = count;
    this.entries = new Int32Array(count);
    this.deadlines = new Float64Array(count);
    this.orders = new Float64Array(count);
    const picks = prepicks % MAX_PREPICKS;
    let sum = 0;
    for (let entry = 0; entry < count; entry++) sum += weights[entry] + EPSILON;
    let done = 0;
    for (let entry = 0; entry < count; entry++) {
      const weight = weights[entry] + EPSILON;
      const own = Math.floor((picks * weight) / sum);
      done += own;
      this.entries[entry] = entry;
      this.deadlines[entry] = (own + 1) / weight;
      this.orders[entry] = this.nextOrder++;
    }
    for (let root = (count >> 1) - 1; root >= 0; root--) this.sink(root);
    for (; done < picks && count > 0; done++) {
      const entry = this.next();
      this.requeue(weights[entry]);
    }
  }

  /** The entry that is due; `requeue` must follow with its present weight. */
  next(): number {
    this.nowTime = this.deadlines[0];
    return this.entries[0];
  }

  /** Puts the entry that `next` gave back into the queue. */
  requeue(weight: number): void {
    this.deadlines[0] = this.nowTime + 1 / weight;
    this.orders[0] = this.nextOrder++;
    this.sink(0);
  }

  private sink(from: number): void {
    const { entries, deadlines, orders, size } = this;
    const entry = entries[from];
    const deadline = deadlines[from];
    const order = orders[from];
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        (deadlines[right] < deadlines[child] ||
          (deadlines[right] === deadlines[child] && orders[right] < orders[child]))
      ) {
        child = right;
      }
      if (deadlines[child] > deadline || (deadlines[child] === deadline && orders[child] > order)) break;
      entries[at] = entries[child];
      deadlines[at] = deadlines[child];
      orders[at] = orders[child];
      at = child;
    }
    entries[at] = entry;
    deadlines[at] = deadline;
    orders[at] = order;
  }
}
