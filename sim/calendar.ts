// The event calendar: what happens next, and when. A binary heap over typed arrays, ordered by (time, phase, sequence), and beside
// it lanes: events whose delay is one constant are created in the order in which they fire, so each such delay is a FIFO of
// which the head alone stands in the heap. A lane's entry takes its sequence number when it is created, so ties keep their order.
// (Lanes after the "constant delay" queues of INET/OMNeT++-style kernels; the order (time, priority, sequence) as in SimPy's core.)
import { floatsFor, intsFor } from './growing.js';

/** Latest time that is exact in integer nanoseconds (104 days). */
export const MAX_TIME_NS = 9007199254740991;

const PHASE_STRIDE = 281474976710656; // 2^48 sequence numbers a phase
const FREE = -1;
/** In a lane and alive; values below are dead entries that wait for their lane's head to pass. */
const IN_LANE = -2;
const DEAD = -3;
const COMPACT_AT = 64;

/** FIFO of tickets whose delay is the same; a ring buffer. */
class Lane {
  readonly phaseOrder: number;
  ring = new Int32Array(16);
  mask = 15;
  head = 0;
  size = 0;
  dead = 0;
  inHeap = false;

  constructor(
    readonly delayNs: number,
    phase: number,
  ) {
    this.phaseOrder = phase * PHASE_STRIDE;
  }

  push(slot: number): void {
    if (this.size > this.mask) this.grow();
    this.ring[(this.head + this.size) & this.mask] = slot;
    this.size++;
  }

  private grow(): void {
    const ring = new Int32Array(this.ring.length * 2);
    for (let i = 0; i < this.size; i++) ring[i] = this.ring[(this.head + i) & this.mask];
    this.ring = ring;
    this.mask = ring.length - 1;
    this.head = 0;
  }
}

/**
 * The calendar of one run. An event is a kind and a reference, both 32-bit integers, that mean something to the owner only.
 * A ticket (the result of `schedule` and `scheduleIn`) is valid until its event fires or is cancelled; then it may be used again
 * for another event, so its holder must forget it.
 */
export class Calendar {
  /** Time of the event fired last. */
  nowNs = 0;
  /** Kind and reference of the event fired last. */
  kind = 0;
  ref = 0;
  /** Events fired so far. */
  fired = 0;
  /** Events that are due and not cancelled. */
  pending = 0;

  private sequence = 0;

  private slotTime = new Float64Array(1024);
  private slotOrder = new Float64Array(1024);
  private slotKind = new Int32Array(1024);
  private slotRef = new Int32Array(1024);
  /** Position in the heap, or FREE, IN_LANE, DEAD. */
  private slotWhere = new Int32Array(1024).fill(FREE);
  private slotLane = new Int32Array(1024);
  private freeSlots = new Int32Array(1024);
  private freeCount = 0;
  private slotsUsed = 0;

  private heapTime = new Float64Array(1024);
  private heapOrder = new Float64Array(1024);
  /** A slot, or a lane as its complement. */
  private heapItem = new Int32Array(1024);
  private heapSize = 0;

  private readonly lanes: Lane[] = [];
  private readonly laneIds = new Map<string, number>();

  /**
   * An event at `atNs` (integer nanoseconds, not in the past).
   * @throws RangeError for a time that is past, fractional or not a number
   */
  schedule(atNs: number, phase: number, kind: number, ref: number): number {
    return this.scheduleAfter(atNs - this.nowNs, phase, kind, ref);
  }

  /** An event `delayNs` (a whole number >= 0) from now. Where it matters better than `schedule`: to pass a large number may cost an allocation. */
  scheduleAfter(delayNs: number, phase: number, kind: number, ref: number): number {
    const atNs = this.nowNs + delayNs;
    this.checkTime(atNs);
    const order = phase * PHASE_STRIDE + this.sequence++;
    const slot = this.takeSlot(atNs, order, kind, ref);
    this.heapInsert(atNs, order, slot);
    this.pending++;
    return slot;
  }

  /** The lane of a constant delay; asked for once, used for every event with that delay. */
  lane(delayNs: number, phase: number): number {
    if (!(delayNs >= 0 && Math.floor(delayNs) === delayNs && delayNs <= MAX_TIME_NS)) {
      throw new RangeError(`a lane's delay must be a whole number of nanoseconds, got ${delayNs}`);
    }
    const key = `${delayNs}/${phase}`;
    const known = this.laneIds.get(key);
    if (known !== undefined) return known;
    this.lanes.push(new Lane(delayNs, phase));
    this.laneIds.set(key, this.lanes.length - 1);
    return this.lanes.length - 1;
  }

  /** An event after the lane's delay. */
  scheduleIn(laneId: number, kind: number, ref: number): number {
    const lane = this.lanes[laneId];
    const atNs = this.nowNs + lane.delayNs;
    const order = lane.phaseOrder + this.sequence++;
    const slot = this.takeSlot(atNs, order, kind, ref);
    this.slotWhere[slot] = IN_LANE;
    this.slotLane[slot] = laneId;
    lane.push(slot);
    if (!lane.inHeap) {
      lane.inHeap = true;
      this.heapInsert(atNs, order, ~laneId);
    }
    this.pending++;
    return slot;
  }

  /** Takes a pending event out; it will not fire. */
  cancel(ticket: number): void {
    const where = this.slotWhere[ticket];
    if (where >= 0) {
      this.heapRemove(where);
      this.giveSlot(ticket);
    } else if (where === IN_LANE) {
      this.slotWhere[ticket] = DEAD;
      const lane = this.lanes[this.slotLane[ticket]];
      lane.dead++;
      if (lane.dead > COMPACT_AT && lane.dead * 2 > lane.size) this.compact(lane);
    } else {
      throw new RangeError(`ticket ${ticket} is not pending`);
    }
    this.pending--;
  }

  /** Moves a pending event of `schedule` to `delayNs` from now, as if it were created now. */
  rescheduleAfter(ticket: number, delayNs: number): void {
    const atNs = this.nowNs + delayNs;
    this.checkTime(atNs);
    const position = this.slotWhere[ticket];
    if (position < 0) throw new RangeError(`ticket ${ticket} is not pending in the heap`);
    const phaseOrder = Math.floor(this.slotOrder[ticket] / PHASE_STRIDE) * PHASE_STRIDE;
    const order = phaseOrder + this.sequence++;
    this.slotTime[ticket] = atNs;
    this.slotOrder[ticket] = order;
    this.put(position, atNs, order, ticket);
    this.settle(position, position);
  }

  /**
   * Fires the next event that is due at or before `untilNs`: sets `nowNs`, `kind` and `ref` and returns true. Otherwise moves the
   * clock to `untilNs` (if finite) and returns false.
   */
  advance(untilNs: number): boolean {
    while (this.heapSize > 0) {
      const time = this.heapTime[0];
      if (time > untilNs) break;
      const item = this.heapItem[0];
      if (item >= 0) {
        this.fire(item);
        this.heapPop();
        this.giveSlot(item);
        return true;
      }
      if (this.advanceLane(this.lanes[~item])) return true;
    }
    if (untilNs > this.nowNs && untilNs <= MAX_TIME_NS) this.nowNs = untilNs;
    return false;
  }

  /** Entries in the heap (a lane counts once) and in all lanes, dead ones included: for tests of memory. */
  get sizes(): { readonly heap: number; readonly lanes: number; readonly slots: number } {
    let inLanes = 0;
    for (const lane of this.lanes) inLanes += lane.size;
    return { heap: this.heapSize, lanes: inLanes, slots: this.slotsUsed - this.freeCount };
  }

  /** The lane's head is due (or was, and has been cancelled since). True if an event has fired. */
  private advanceLane(lane: Lane): boolean {
    let fired = false;
    const time = this.heapTime[0];
    const order = this.heapOrder[0];
    while (lane.size > 0) {
      const slot = lane.ring[lane.head];
      if (this.slotWhere[slot] === DEAD) {
        lane.dead--;
      } else if (!fired && this.slotTime[slot] === time && this.slotOrder[slot] === order) {
        this.fire(slot);
        fired = true;
      } else {
        break;
      }
      lane.head = (lane.head + 1) & lane.mask;
      lane.size--;
      this.giveSlot(slot);
    }
    if (lane.size > 0) {
      const slot = lane.ring[lane.head];
      this.heapTime[0] = this.slotTime[slot];
      this.heapOrder[0] = this.slotOrder[slot];
      this.siftDown(0, 0);
    } else {
      lane.inHeap = false;
      this.heapPop();
    }
    return fired;
  }

  private fire(slot: number): void {
    this.nowNs = this.slotTime[slot];
    this.kind = this.slotKind[slot];
    this.ref = this.slotRef[slot];
    this.fired++;
    this.pending--;
  }

  private checkTime(atNs: number): void {
    if (!(atNs >= this.nowNs && Math.floor(atNs) === atNs && atNs <= MAX_TIME_NS)) {
      throw new RangeError(`an event needs a whole nanosecond at or after ${this.nowNs}, got ${atNs}`);
    }
  }

  /** Drops the dead entries of a lane; the head's heap entry may then be early, which `advanceLane` expects. */
  private compact(lane: Lane): void {
    let kept = 0;
    for (let i = 0; i < lane.size; i++) {
      const slot = lane.ring[(lane.head + i) & lane.mask];
      if (this.slotWhere[slot] === DEAD) this.giveSlot(slot);
      else lane.ring[(lane.head + kept++) & lane.mask] = slot;
    }
    lane.size = kept;
    lane.dead = 0;
  }

  private takeSlot(atNs: number, order: number, kind: number, ref: number): number {
    let slot: number;
    if (this.freeCount > 0) {
      slot = this.freeSlots[--this.freeCount];
    } else {
      slot = this.slotsUsed++;
      if (slot === this.slotTime.length) this.growSlots();
    }
    this.slotTime[slot] = atNs;
    this.slotOrder[slot] = order;
    this.slotKind[slot] = kind;
    this.slotRef[slot] = ref;
    return slot;
  }

  private giveSlot(slot: number): void {
    this.slotWhere[slot] = FREE;
    this.freeSlots[this.freeCount++] = slot;
  }

  private growSlots(): void {
    const length = this.slotTime.length * 2;
    this.slotTime = floatsFor(length, this.slotTime);
    this.slotOrder = floatsFor(length, this.slotOrder);
    this.slotKind = intsFor(length, this.slotKind);
    this.slotRef = intsFor(length, this.slotRef);
    this.slotWhere = intsFor(length, this.slotWhere);
    this.slotLane = intsFor(length, this.slotLane);
    this.freeSlots = intsFor(length, this.freeSlots);
  }

  private heapInsert(time: number, order: number, item: number): void {
    if (this.heapSize === this.heapTime.length) {
      const length = this.heapTime.length * 2;
      this.heapTime = floatsFor(length, this.heapTime);
      this.heapOrder = floatsFor(length, this.heapOrder);
      this.heapItem = intsFor(length, this.heapItem);
    }
    const position = this.heapSize++;
    this.put(position, time, order, item);
    this.siftUp(position);
  }

  private put(position: number, time: number, order: number, item: number): void {
    this.heapTime[position] = time;
    this.heapOrder[position] = order;
    this.heapItem[position] = item;
  }

  private heapPop(): void {
    const last = --this.heapSize;
    if (last > 0) this.siftDown(0, last);
  }

  private heapRemove(position: number): void {
    const last = --this.heapSize;
    if (position < last) this.settle(position, last);
  }

  /** The entry at `from` takes its place, which is at `position` or above or below. */
  private settle(position: number, from: number): void {
    const parent = (position - 1) >> 1;
    if (position > 0 && this.before(from, parent)) {
      this.put(position, this.heapTime[from], this.heapOrder[from], this.heapItem[from]);
      this.siftUp(position);
    } else {
      this.siftDown(position, from);
    }
  }

  private before(position: number, other: number): boolean {
    const time = this.heapTime[position];
    const otherTime = this.heapTime[other];
    return time < otherTime || (time === otherTime && this.heapOrder[position] < this.heapOrder[other]);
  }

  /** The entry at `position` rises. Positions are arguments, and no times: a time that is one costs an allocation. */
  private siftUp(position: number): void {
    const times = this.heapTime;
    const orders = this.heapOrder;
    const items = this.heapItem;
    const where = this.slotWhere;
    const time = times[position];
    const order = orders[position];
    const item = items[position];
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const parentTime = times[parent];
      if (parentTime < time || (parentTime === time && orders[parent] < order)) break;
      const moved = items[parent];
      times[position] = parentTime;
      orders[position] = orders[parent];
      items[position] = moved;
      if (moved >= 0) where[moved] = position;
      position = parent;
    }
    times[position] = time;
    orders[position] = order;
    items[position] = item;
    if (item >= 0) where[item] = position;
  }

  /** The entry at `from` sinks from `position`. */
  private siftDown(position: number, from: number): void {
    const times = this.heapTime;
    const orders = this.heapOrder;
    const items = this.heapItem;
    const where = this.slotWhere;
    const size = this.heapSize;
    const time = times[from];
    const order = orders[from];
    const item = items[from];
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      let childTime = times[child];
      const right = child + 1;
      if (right < size) {
        const rightTime = times[right];
        if (rightTime < childTime || (rightTime === childTime && orders[right] < orders[child])) {
          child = right;
          childTime = rightTime;
        }
      }
      if (time < childTime || (time === childTime && order < orders[child])) break;
      const moved = items[child];
      times[position] = childTime;
      orders[position] = orders[child];
      items[position] = moved;
      if (moved >= 0) where[moved] = position;
      position = child;
    }
    times[position] = time;
    orders[position] = order;
    items[position] = item;
    if (item >= 0) where[item] = position;
  }
}
