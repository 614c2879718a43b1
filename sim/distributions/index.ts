// Distributions: described (spec.ts), read (parse.ts), checked (validate.ts), sampled (compile.ts).
export type { ParsedDistribution } from './arguments.js';
export { compileDistribution } from './compile.js';
export { describeDistribution } from './describe.js';
export type { Distribution } from './distribution.js';
export { parseDistribution } from './parse.js';
export type { DistributionSpec } from './spec.js';
export { validateDistribution } from './validate.js';
