// What a compilation leaves for who asks how its routes came to be.

import type { Workloads } from '../registry/workload.js';
import { RouteTraces } from '../routes/trace.js';
import type { MeshParts } from './mesh-parts.js';

export class PlanTrace {
  readonly routes = new RouteTraces();
  /** What the compilation was made of; null until it begins. */
  made: { readonly parts: MeshParts; readonly workloads: Workloads } | null = null;
}
