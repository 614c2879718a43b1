// The mesh: YAML to resources, resources to a plan, a plan in motion. Reads no files and knows no reports.
export * from './config/index.js';
export * as controlPlane from './control-plane/index.js';
export * as kubernetes from './kubernetes/index.js';
export * from './lint/index.js';
export * from './mesh/index.js';
export * from './plan/index.js';
