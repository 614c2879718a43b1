// The event calendar: what happens next, and when. A binary heap in a typed array, ordered by (time, phase, sequence), and beside
// it lanes: events whose delay is one constant are created in the order in which they fire, so each such delay is a linked list of
// which the first event alone stands in the heap. A lane's entry takes its sequence number when it is created, so ties keep their order.
// (Lanes after the "constant delay" queues of INET/OMNeT++-style kernels; the order (time, priority, sequence) as in SimPy's core.)
import { floatsFor } from './growing.js';

/** Latest time that is exact in integer nanoseconds (104 days). */
export const MAX_TIME_NS = 9007199254740991;

const PHASE_STRIDE = 281474976710656; // 2^48 sequence numbers a phase
const NOTHING = -1;

/** Numbers of an event, one line of the processor's cache. Its ticket is where they begin. */
const EVENT_STRIDE = 8;
/** Of an event in a lane; the heap has those of its own. */
const TIME = 0;
const ORDER = 1;
const KIND = 2;
const REF = 3;
/** Its place in the heap, or FREE, or IN_LANE. */
const WHERE = 4;
const LANE = 5;
/** In its lane, the events before and behind it; NOTHING behind the last one, and nothing of meaning before the first one. */
const BEFORE = 6;
/** Of a place that no event has, the next such place. */
const BEHIND = 7;
const FREE = -1;
const IN_LANE = -2;

/** Numbers of a lane: its first event, or NOTHING, and its last one. */
const LANE_STRIDE = 8;
const DELAY = 0;
const PHASE_ORDER = 1;
const FIRST = 2;
const LAST = 3;
const IN_HEAP = 4;

/** Numbers of an entry of the heap: TIME, ORDER, and an event or the complement of a lane. */
const ENTRY_STRIDE = 4;
const ITEM = 2;

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

  // One table for each of the three: what is read of an entry stands together, and to find a table costs as much as to read from it.
  private events = new Float64Array(256 * EVENT_STRIDE);
  private eventsUsed = 0;
  /** The place of an event that was given back last. */
  private free = NOTHING;
  private heap = new Float64Array(256 * ENTRY_STRIDE);
  /** Where the next entry of the heap is to stand. */
  private heapEnd = 0;
  private lanes = new Float64Array(16 * LANE_STRIDE);
  private lanesUsed = 0;
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
    const event = this.take(kind, ref);
    const entry = this.enter(event);
    this.heap[entry] = atNs;
    this.heap[entry + ORDER] = phase * PHASE_STRIDE + this.sequence++;
    this.siftUp(entry);
    return event;
  }

  /** The lane of a constant delay; asked for once, used for every event with that delay. */
  lane(delayNs: number, phase: number): number {
    if (!(delayNs >= 0 && Math.floor(delayNs) === delayNs && delayNs <= MAX_TIME_NS)) {
      throw new RangeError(`a lane's delay must be a whole number of nanoseconds, got ${delayNs}`);
    }
    const key = `${delayNs}/${phase}`;
    const known = this.laneIds.get(key);
    if (known !== undefined) return known;
    const lane = this.lanesUsed;
    this.lanesUsed += LANE_STRIDE;
    this.lanes = floatsFor(this.lanesUsed, this.lanes);
    this.lanes[lane + DELAY] = delayNs;
    this.lanes[lane + PHASE_ORDER] = phase * PHASE_STRIDE;
    this.lanes[lane + FIRST] = NOTHING;
    this.laneIds.set(key, lane);
    return lane;
  }

  /** An event after the lane's delay. */
  scheduleIn(lane: number, kind: number, ref: number): number {
    const event = this.take(kind, ref);
    const { events, lanes } = this;
    events[event + TIME] = this.nowNs + lanes[lane + DELAY];
    events[event + ORDER] = lanes[lane + PHASE_ORDER] + this.sequence++;
    events[event + WHERE] = IN_LANE;
    events[event + LANE] = lane;
    events[event + BEHIND] = NOTHING;
    if (lanes[lane + FIRST] < 0) {
      lanes[lane + FIRST] = event;
    } else {
      const last = lanes[lane + LAST] | 0;
      events[last + BEHIND] = event;
      events[event + BEFORE] = last;
    }
    lanes[lane + LAST] = event;
    if (lanes[lane + IN_HEAP] === 0) {
      lanes[lane + IN_HEAP] = 1;
      const entry = this.enter(~lane);
      this.heap[entry] = events[event + TIME];
      this.heap[entry + ORDER] = events[event + ORDER];
      this.siftUp(entry);
    }
    return event;
  }

  /** Takes a pending event out; it will not fire. */
  cancel(ticket: number): void {
    const where = this.events[ticket + WHERE];
    if (where >= 0) this.heapRemove(where | 0);
    else if (where === IN_LANE) this.leaveLane(ticket);
    else throw new RangeError(`ticket ${ticket} is not pending`);
    this.give(ticket);
  }

  /** Moves a pending event of `schedule` to `delayNs` from now, as if it were created now. */
  rescheduleAfter(ticket: number, delayNs: number): void {
    const atNs = this.nowNs + delayNs;
    this.checkTime(atNs);
    const { events, heap } = this;
    const entry = events[ticket + WHERE] | 0;
    if (entry < 0) throw new RangeError(`ticket ${ticket} is not pending in the heap`);
    const phase = Math.floor(heap[entry + ORDER] / PHASE_STRIDE);
    heap[entry] = atNs;
    heap[entry + ORDER] = phase * PHASE_STRIDE + this.sequence++;
    this.settle(entry, entry);
  }

  /**
   * Fires the next event that is due at or before `untilNs`: sets `nowNs`, `kind` and `ref` and returns true. Otherwise moves the
   * clock to `untilNs` (if finite) and returns false.
   */
  advance(untilNs: number): boolean {
    while (this.heapEnd > 0) {
      const { heap } = this;
      if (heap[TIME] > untilNs) break;
      const item = heap[ITEM] | 0;
      if (item >= 0) {
        this.fire(item);
        this.heapPop();
        return true;
      }
      if (this.advanceLane(~item)) return true;
    }
    if (untilNs > this.nowNs && untilNs <= MAX_TIME_NS) this.nowNs = untilNs;
    return false;
  }

  /** Entries in the heap (a lane counts once), events in all lanes, and all events: for tests of memory. Takes time. */
  get sizes(): { readonly heap: number; readonly lanes: number; readonly slots: number } {
    let inLanes = 0;
    for (let event = 0; event < this.eventsUsed; event += EVENT_STRIDE) {
      if (this.events[event + WHERE] === IN_LANE) inLanes++;
    }
    return { heap: this.heapEnd / ENTRY_STRIDE, lanes: inLanes, slots: this.pending };
  }

  /** The lane's turn in the heap has come. True if an event has fired: the first one may be later than the heap has it, if others were cancelled. */
  private advanceLane(lane: number): boolean {
    const { events, lanes, heap } = this;
    let first = lanes[lane + FIRST] | 0;
    const isDue = first >= 0 && events[first + ORDER] === heap[ORDER];
    if (isDue) {
      const event = first;
      first = events[event + BEHIND] | 0;
      lanes[lane + FIRST] = first;
      this.fire(event);
    }
    if (first >= 0) {
      heap[TIME] = events[first + TIME];
      heap[ORDER] = events[first + ORDER];
      this.siftDown(0, 0);
    } else {
      lanes[lane + IN_HEAP] = 0;
      this.heapPop();
    }
    return isDue;
  }

  /** What stands first in the heap happens: an event of its own, or the first one of a lane. */
  private fire(event: number): void {
    this.nowNs = this.heap[TIME];
    this.kind = this.events[event + KIND] | 0;
    this.ref = this.events[event + REF] | 0;
    this.fired++;
    this.give(event);
  }

  private checkTime(atNs: number): void {
    if (!(atNs >= this.nowNs && Math.floor(atNs) === atNs && atNs <= MAX_TIME_NS)) {
      throw new RangeError(`an event needs a whole nanosecond at or after ${this.nowNs}, got ${atNs}`);
    }
  }

  /** What the heap has of the lane may then be too early, which `advanceLane` expects. */
  private leaveLane(event: number): void {
    const { events, lanes } = this;
    const lane = events[event + LANE] | 0;
    const before = events[event + BEFORE];
    const behind = events[event + BEHIND];
    if (lanes[lane + FIRST] === event) lanes[lane + FIRST] = behind;
    else events[(before | 0) + BEHIND] = behind;
    if (lanes[lane + LAST] === event) lanes[lane + LAST] = before;
    else events[(behind | 0) + BEFORE] = before;
  }

  /** A place for an event. */
  private take(kind: number, ref: number): number {
    let event = this.free;
    if (event === NOTHING) {
      event = this.eventsUsed;
      this.eventsUsed += EVENT_STRIDE;
      this.events = floatsFor(this.eventsUsed, this.events);
    } else {
      this.free = this.events[event + BEHIND] | 0;
    }
    this.events[event + KIND] = kind;
    this.events[event + REF] = ref;
    this.pending++;
    return event;
  }

  private give(event: number): void {
    this.events[event + WHERE] = FREE;
    this.events[event + BEHIND] = this.free;
    this.free = event;
    this.pending--;
  }

  /** A new last entry of the heap, whose time and order are still to be said. */
  private enter(item: number): number {
    const entry = this.heapEnd;
    this.heapEnd += ENTRY_STRIDE;
    this.heap = floatsFor(this.heapEnd, this.heap);
    this.heap[entry + ITEM] = item;
    return entry;
  }

  private heapPop(): void {
    const last = this.heapEnd - ENTRY_STRIDE;
    this.heapEnd = last;
    if (last > 0) this.siftDown(0, last);
  }

  private heapRemove(entry: number): void {
    const last = this.heapEnd - ENTRY_STRIDE;
    this.heapEnd = last;
    if (entry < last) this.settle(entry, last);
  }

  /** What stands at `from` takes its place, which is at `entry` or above or below. */
  private settle(entry: number, from: number): void {
    if (entry > 0 && this.before(from, parentOf(entry))) {
      const { heap } = this;
      heap[entry] = heap[from];
      heap[entry + ORDER] = heap[from + ORDER];
      heap[entry + ITEM] = heap[from + ITEM];
      this.siftUp(entry);
    } else {
      this.siftDown(entry, from);
    }
  }

  private before(entry: number, other: number): boolean {
    const { heap } = this;
    return heap[entry] < heap[other] || (heap[entry] === heap[other] && heap[entry + ORDER] < heap[other + ORDER]);
  }

  /** What stands at `from` rises. Places are arguments, and no times: a time that is one costs an allocation. */
  private siftUp(from: number): void {
    const { heap, events } = this;
    const time = heap[from];
    const order = heap[from + ORDER];
    const item = heap[from + ITEM] | 0;
    let entry = from;
    while (entry > 0) {
      const parent = parentOf(entry);
      const parentTime = heap[parent];
      if (parentTime < time || (parentTime === time && heap[parent + ORDER] < order)) break;
      const moved = heap[parent + ITEM] | 0;
      heap[entry] = parentTime;
      heap[entry + ORDER] = heap[parent + ORDER];
      heap[entry + ITEM] = moved;
      if (moved >= 0) events[moved + WHERE] = entry;
      entry = parent;
    }
    heap[entry] = time;
    heap[entry + ORDER] = order;
    heap[entry + ITEM] = item;
    if (item >= 0) events[item + WHERE] = entry;
  }

  /** What stands at `from` sinks from `to`. */
  private siftDown(to: number, from: number): void {
    const { heap, events, heapEnd: end } = this;
    const time = heap[from];
    const order = heap[from + ORDER];
    const item = heap[from + ITEM] | 0;
    let entry = to;
    for (;;) {
      let child = 2 * entry + ENTRY_STRIDE;
      if (child >= end) break;
      let childTime = heap[child];
      const right = child + ENTRY_STRIDE;
      if (right < end) {
        const rightTime = heap[right];
        if (rightTime < childTime || (rightTime === childTime && heap[right + ORDER] < heap[child + ORDER])) {
          child = right;
          childTime = rightTime;
        }
      }
      if (time < childTime || (time === childTime && order < heap[child + ORDER])) break;
      const moved = heap[child + ITEM] | 0;
      heap[entry] = childTime;
      heap[entry + ORDER] = heap[child + ORDER];
      heap[entry + ITEM] = moved;
      if (moved >= 0) events[moved + WHERE] = entry;
      entry = child;
    }
    heap[entry] = time;
    heap[entry + ORDER] = order;
    heap[entry + ITEM] = item;
    if (item >= 0) events[item + WHERE] = entry;
  }
}

/** Of an entry of the heap that is not the first one. */
function parentOf(entry: number): number {
  return ((entry - ENTRY_STRIDE) >> 3) << 2;
}
