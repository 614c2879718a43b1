// What all commands take that run a mesh.
import type { Change } from '../models/config/change.js';

export interface SimulationOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly workers?: number;
  readonly seed?: string;
  readonly duration?: string;
  readonly istio?: string;
  readonly envoy?: string;
  readonly maxInput?: number;
  readonly maxMemory?: number;
  readonly strict?: boolean;
  readonly set?: readonly Change[];
}
