// The mesh in motion: a MeshPlan run on the kernel.
export { FLAG, type FlagName, flagNames, formatFlags } from './recording/flags.js';
export type * from './recording/result.js';
export type { RunOptions } from './run/run-options.js';
export { MeshSimulation, simulate } from './run/simulation.js';
