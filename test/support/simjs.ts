// simjs 2.0.3, a second discrete-event engine: for differential tests and as the benchmark's opponent. Its npm bundle exports nothing, its
// classes hang on a browser's `window`, so it is compiled with a `window` of ours. Compare first-come facilities and plain timers only:
// its processor sharing ignores the number of servers, a bounded run loses the first event past its end (so every run here is longer
// than its events), it accepts negative and NaN times, and a service that ends at the time 0 makes it throw (0 stands for "not yet").
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';

interface SimJsRequest {
  done(callback: (this: SimJsEntity, argument: number) => void, context: SimJsEntity, argument: number[]): SimJsRequest;
}

interface SimJsFacility {
  readonly busyDuration: number;
}

declare class SimJsEntity {
  constructor(sim: SimJsSimulation, name?: string);
  time(): number;
  setTimer(duration: number): SimJsRequest;
  useFacility(facility: SimJsFacility, duration: number): SimJsRequest;
}

interface SimJsSimulation {
  addEntity<E extends SimJsEntity, A extends readonly unknown[]>(
    entity: { new (sim: SimJsSimulation, name?: string): E; prototype: { start(...args: A): void } },
    name: string,
    ...args: A
  ): E;
  simulate(end: number): boolean;
}

interface SimJs {
  readonly Sim: new () => SimJsSimulation;
  readonly Entity: typeof SimJsEntity;
  readonly Facility: {
    new (name: string, discipline: number, servers: number): SimJsFacility;
    readonly FCFS: number;
  };
}

function load(): SimJs {
  const path = createRequire(import.meta.url).resolve('simjs');
  const window: { Sim?: SimJs } = {};
  compileFunction(readFileSync(path, 'utf8'), ['window'], { filename: path })(window);
  if (window.Sim === undefined) throw new Error('simjs did not leave its classes on window');
  return window.Sim;
}

const simjs = load();
const FOREVER = 1e300;

/** Departure times of a first-come facility, by job; `gaps[i]` is the time between the arrivals i - 1 and i. */
export function simjsDepartures(gaps: Float64Array, demands: Float64Array, servers: number): Float64Array {
  const departures = new Float64Array(gaps.length);
  const facility = new simjs.Facility('station', simjs.Facility.FCFS, servers);
  class Source extends simjs.Entity {
    start(): void {
      this.next(0);
    }
    next(job: number): void {
      if (job < gaps.length) this.setTimer(gaps[job]).done(this.arrive, this, [job]);
    }
    arrive(job: number): void {
      this.useFacility(facility, demands[job]).done(this.leave, this, [job]);
      this.next(job + 1);
    }
    leave(job: number): void {
      departures[job] = this.time();
    }
  }
  const sim = new simjs.Sim();
  sim.addEntity(Source, 'source');
  sim.simulate(FOREVER);
  return departures;
}

/** The order in which timers fire that are set at the start and, each time one fires, for `again[i]` after it (if >= 0). */
export function simjsTimers(first: readonly number[], again: readonly number[]): { timer: number; at: number }[] {
  const fired: { timer: number; at: number }[] = [];
  class Clock extends simjs.Entity {
    start(): void {
      first.forEach((delay, timer) => {
        this.setTimer(delay).done(this.ring, this, [timer]);
      });
    }
    ring(timer: number): void {
      fired.push({ timer, at: this.time() });
      if (timer < first.length && again[timer] >= 0) {
        this.setTimer(again[timer]).done(this.ring, this, [timer + first.length]);
      }
    }
  }
  const sim = new simjs.Sim();
  sim.addEntity(Clock, 'clock');
  sim.simulate(FOREVER);
  return fired;
}
