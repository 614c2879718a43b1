// The mesh in motion: a MeshPlan run on the kernel.
export { FLAG, type FlagName, flagNames, formatFlags } from './flags.js';
export type * from './result.js';
export { MeshSimulation, type RunOptions, simulate } from './simulation.js';
