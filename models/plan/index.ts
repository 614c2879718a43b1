// The public surface of models/plan: resources and what the user says in, one immutable plan out.
export { compilePlan, type PlanResult } from './compile.js';
export type * from './input.js';
export type * from './plan.js';
export { NO_LIMIT, NONE } from './plan.js';
export { defaultProxyCost } from './proxy-cost.js';
export { KNOWN_ISTIO_VERSIONS, type ReleaseDefaults, releaseDefaults } from './versions.js';
