// The public surface of models/plan: resources and what the user says in, one immutable plan out.
export { compilePlan, compileVersions, type PlanResult } from './compile.js';
export type * from './contract/plan.js';
export { NO_LIMIT, NONE } from './contract/plan.js';
export type * from './settings/input.js';
export { defaultProxyCost } from './settings/proxy-cost.js';
export { KNOWN_ISTIO_VERSIONS, type ReleaseDefaults, releaseDefaults } from './settings/versions.js';
