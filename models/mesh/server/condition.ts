// What is wrong with an application now: the faults of the timeline that hold at its pod. Faults of one kind add up.
import type { PodFaultPlan } from '../../plan/contract/timeline-plan.js';

/** A fault that has begun and has not ended. */
export interface ActiveFault {
  readonly fault: PodFaultPlan;
  readonly sinceNs: number;
  /** How long it takes to grow to its full size; 0 = it is there at once. */
  readonly rampNs: number;
}

export class Condition {
  private readonly active: ActiveFault[] = [];

  begin(fault: ActiveFault): void {
    this.active.push(fault);
  }

  /** Nothing happens where it has ended before (`holds`). */
  end(fault: ActiveFault): void {
    const place = this.active.indexOf(fault);
    if (place !== -1) this.active.splice(place, 1);
  }

  /** What holds the threads of its process. */
  get holds(): readonly ActiveFault[] {
    return this.active.filter(({ fault }) => fault.kind === 'hang');
  }

  get isSound(): boolean {
    return this.active.length === 0;
  }

  /** All its threads stand still. */
  get isFrozen(): boolean {
    return this.active.some(({ fault }) => fault.kind === 'hang');
  }

  /** Its process is not there. */
  get isDead(): boolean {
    return this.active.some(({ fault }) => fault.kind === 'crash');
  }

  /** Nobody listens on its port. */
  get isDown(): boolean {
    return this.active.some(({ fault }) => fault.kind === 'refuse' || fault.kind === 'crash');
  }

  /** How many times as long its work takes. */
  slowness(nowNs: number): number {
    let factor = 1;
    for (const one of this.active) {
      if (one.fault.kind === 'slow') factor *= 1 + (one.fault.factor - 1) * grown(one, nowNs);
    }
    return factor;
  }

  /** How much longer each request takes. */
  addedNs(nowNs: number): number {
    let addedNs = 0;
    for (const one of this.active) if (one.fault.kind === 'slow') addedNs += one.fault.addNs * grown(one, nowNs);
    return Math.round(addedNs);
  }

  /** The status that a request gets instead of being worked on; 0: none. @param u uniform draw of the request */
  failure(u: number, nowNs: number): number {
    let below = 0;
    for (const one of this.active) {
      if (one.fault.kind !== 'fail') continue;
      below += (1 - below) * one.fault.share * grown(one, nowNs);
      if (u < below) return one.fault.status;
    }
    return 0;
  }

  /** The part of its CPU that is left to it, 0..1. */
  cpuShare(nowNs: number): number {
    let share = 1;
    for (const one of this.active) if (one.fault.kind === 'steal') share *= 1 - one.fault.share * grown(one, nowNs);
    return share;
  }
}

/** How much of a fault is there, 0..1. */
function grown({ sinceNs, rampNs }: ActiveFault, nowNs: number): number {
  return rampNs === 0 ? 1 : Math.min(1, (nowNs - sinceNs) / rampNs);
}
