// The public surface of models/plan/explain: a question about one request in, its way through the mesh out.
export { COMMAND_LINE, type ExplainResult, explainPath, type Question } from './explain.js';
export type * from './explanation.js';
