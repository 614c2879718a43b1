import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Calendar, MAX_TIME_NS } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';

function drain(calendar: Calendar, untilNs = Number.POSITIVE_INFINITY): [number, number][] {
  const fired: [number, number][] = [];
  while (calendar.advance(untilNs)) fired.push([calendar.nowNs, calendar.ref]);
  return fired;
}

describe('order', () => {
  it('is (time, phase, sequence)', () => {
    const calendar = new Calendar();
    calendar.schedule(5, PHASE.sample, 0, 1);
    calendar.schedule(5, PHASE.completion, 0, 2);
    calendar.schedule(5, PHASE.completion, 0, 3);
    calendar.schedule(4, PHASE.sample, 0, 4);
    calendar.schedule(5, PHASE.timer, 0, 5);
    expect(drain(calendar).map(([, ref]) => ref)).toEqual([4, 2, 3, 5, 1]);
  });

  it('keeps the order of creation between the heap and the lanes', () => {
    const calendar = new Calendar();
    const lane = calendar.lane(10, PHASE.timer);
    calendar.schedule(10, PHASE.timer, 0, 1);
    calendar.scheduleIn(lane, 0, 2);
    calendar.schedule(10, PHASE.timer, 0, 3);
    calendar.scheduleIn(lane, 0, 4);
    expect(drain(calendar).map(([, ref]) => ref)).toEqual([1, 2, 3, 4]);
  });

  it('a rescheduled event counts as created anew', () => {
    const calendar = new Calendar();
    const ticket = calendar.schedule(3, PHASE.completion, 0, 1);
    calendar.schedule(7, PHASE.completion, 0, 2);
    calendar.rescheduleAfter(ticket, 7);
    expect(drain(calendar)).toEqual([
      [7, 2],
      [7, 1],
    ]);
  });
});

describe('clock', () => {
  it('stops at the bound and goes on from there', () => {
    const calendar = new Calendar();
    calendar.schedule(100, PHASE.completion, 0, 1);
    expect(calendar.advance(99)).toBe(false);
    expect(calendar.nowNs).toBe(99);
    expect(calendar.advance(100)).toBe(true);
    expect(calendar.advance(Number.POSITIVE_INFINITY)).toBe(false);
    expect(calendar.nowNs).toBe(100);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_TIME_NS + 2])('refuses the time %d', (atNs) => {
    expect(() => new Calendar().schedule(atNs, PHASE.completion, 0, 0)).toThrow(RangeError);
  });

  it('refuses the past', () => {
    const calendar = new Calendar();
    calendar.schedule(10, PHASE.completion, 0, 0);
    calendar.advance(10);
    expect(() => calendar.schedule(9, PHASE.completion, 0, 0)).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN])('refuses a lane of %d ns', (delayNs) => {
    expect(() => new Calendar().lane(delayNs, PHASE.timer)).toThrow(RangeError);
  });
});

describe('cancellation', () => {
  it('refuses what is not pending', () => {
    const calendar = new Calendar();
    const ticket = calendar.schedule(1, PHASE.completion, 0, 0);
    calendar.cancel(ticket);
    expect(() => calendar.cancel(ticket)).toThrow(RangeError);
  });

  it('a lane that is mostly dead is compacted: memory follows the living', () => {
    const calendar = new Calendar();
    const lane = calendar.lane(1_000_000, PHASE.timer);
    for (let i = 0; i < 100_000; i++) {
      calendar.cancel(calendar.scheduleIn(lane, 0, i));
      calendar.schedule(calendar.nowNs + 1, PHASE.completion, 0, 0);
      calendar.advance(Number.POSITIVE_INFINITY);
    }
    expect(calendar.sizes.lanes).toBeLessThan(200);
    expect(calendar.sizes.slots).toBeLessThan(200);
    expect(calendar.pending).toBe(0);
  });
});

/** The plainest calendar there is: a list, sorted when asked. */
class Model {
  nowNs = 0;
  private sequence = 0;
  private events: { atNs: number; phase: number; sequence: number; ref: number; ticket: number }[] = [];

  add(atNs: number, phase: number, ref: number, ticket: number): void {
    this.events.push({ atNs, phase, sequence: this.sequence++, ref, ticket });
  }

  remove(ticket: number): void {
    this.events = this.events.filter((event) => event.ticket !== ticket);
  }

  move(ticket: number, atNs: number): void {
    const event = this.events.find((other) => other.ticket === ticket);
    if (event === undefined) throw new Error('not pending');
    event.atNs = atNs;
    event.sequence = this.sequence++;
  }

  next(untilNs: number): number | null {
    this.events.sort((a, b) => a.atNs - b.atNs || a.phase - b.phase || a.sequence - b.sequence);
    const first = this.events[0];
    if (first === undefined || first.atNs > untilNs) return null;
    this.events = this.events.slice(1);
    this.nowNs = first.atNs;
    return first.ticket;
  }

  get tickets(): number[] {
    return this.events.map((event) => event.ticket);
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant('schedule' as const), delay: fc.nat(50), phase: fc.nat(4) }),
  fc.record({ do: fc.constant('lane' as const), lane: fc.nat(3), delay: fc.constant(0), phase: fc.constant(0) }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('move' as const), which: fc.nat(), delay: fc.nat(50) }),
  fc.record({ do: fc.constant('advance' as const), delay: fc.nat(30) }),
);

describe('against a sorted list', () => {
  test.prop([fc.array(step, { maxLength: 300 })], { numRuns: 300 })('does the same, whatever is asked', (steps) => {
    const calendar = new Calendar();
    const model = new Model();
    const lanes = [0, 3, 7, 20].map((delay, i) => calendar.lane(delay, i));
    const laneDelay = [0, 3, 7, 20];
    // Own numbers for events: the calendar hands its tickets out again.
    const ticketOf = new Map<number, { ticket: number; lane: boolean }>();
    let next = 0;
    for (const action of steps) {
      switch (action.do) {
        case 'schedule': {
          const id = next++;
          ticketOf.set(id, {
            ticket: calendar.schedule(calendar.nowNs + action.delay, action.phase, 7, id),
            lane: false,
          });
          model.add(model.nowNs + action.delay, action.phase, id, id);
          break;
        }
        case 'lane': {
          const id = next++;
          ticketOf.set(id, { ticket: calendar.scheduleIn(lanes[action.lane], 8, id), lane: true });
          model.add(model.nowNs + laneDelay[action.lane], action.lane, id, id);
          break;
        }
        case 'cancel': {
          const pending = model.tickets;
          if (pending.length === 0) break;
          const id = pending[action.which % pending.length];
          calendar.cancel((ticketOf.get(id) as { ticket: number }).ticket);
          model.remove(id);
          break;
        }
        case 'move': {
          const pending = model.tickets.filter((id) => !(ticketOf.get(id) as { lane: boolean }).lane);
          if (pending.length === 0) break;
          const id = pending[action.which % pending.length];
          calendar.rescheduleAfter((ticketOf.get(id) as { ticket: number }).ticket, action.delay);
          model.move(id, model.nowNs + action.delay);
          break;
        }
        case 'advance': {
          const untilNs = calendar.nowNs + action.delay;
          const expected = model.next(untilNs);
          const fired = calendar.advance(untilNs);
          expect(fired).toBe(expected !== null);
          if (expected === null) model.nowNs = untilNs;
          else expect(calendar.ref).toBe(expected);
          expect(calendar.nowNs).toBe(model.nowNs);
          break;
        }
      }
      expect(calendar.pending).toBe(model.tickets.length);
    }
    for (let expected = model.next(Number.POSITIVE_INFINITY); expected !== null; ) {
      expect(calendar.advance(Number.POSITIVE_INFINITY)).toBe(true);
      expect([calendar.nowNs, calendar.ref]).toEqual([model.nowNs, expected]);
      expected = model.next(Number.POSITIVE_INFINITY);
    }
    expect(calendar.advance(Number.POSITIVE_INFINITY)).toBe(false);
    expect(calendar.sizes).toEqual({ heap: 0, lanes: 0, slots: 0 });
  });
});
