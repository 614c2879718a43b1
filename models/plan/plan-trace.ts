// Where a compilation leaves the traces of its routes, for who asks how they came to be.
import type { MeshParts } from './decisions.js';
import type { Dial } from './dial.js';
import type { RequestClass } from './request-class.js';
import type { RouteTrace } from './trace.js';
import type { Workload, Workloads } from './workload.js';

export class PlanTrace {
  readonly routes = new Map<number, RouteTrace>();
  /** What the compilation was made of; null until it begins. */
  made: { readonly parts: MeshParts; readonly workloads: Workloads } | null = null;

  begin(site: number, caller: Workload, request: RequestClass, dial: Dial | null, listenerPort: number): RouteTrace {
    const trace: RouteTrace = { caller, request, dial, listenerPort, events: [], decision: null };
    this.routes.set(site, trace);
    return trace;
  }
}
