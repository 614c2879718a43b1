// The public surface: what is done to a mesh. Load a scenario, run it, read its result.
export * from './compare/index.js';
export { SCENARIO_API_VERSION, SCENARIO_KIND, type ScenarioDocument } from './document/schema.js';
export { type ValidatedScenario, validateScenario } from './document/validate.js';
export { type ExplainedRequest, type ExplainRequest, explainRequest } from './explain/explain-request.js';
export { readExplanation } from './explain/explain-schema.js';
export { type Gathered, type GatherOptions, gather } from './gather/gather.js';
export { explanationJsonSchema, type JsonSchema, resultsJsonSchema, scenarioJsonSchema } from './json-schemas.js';
export { type LintedPaths, type LintPathsOptions, lintPaths, lintTexts } from './loading/lint.js';
export {
  type LoadedScenario,
  type LoadScenarioOptions,
  loadScenario,
  type RelativeFindings,
} from './loading/load-scenario.js';
export { type Interpretation, interpretScenario, type ScenarioOverrides } from './reading/interpret.js';
export type { Metric, RunSettings, Scenario, SloSpec, Subject, ThresholdSpec } from './reading/scenario.js';
export { type SubjectNames, subjectNames } from './reading/subjects.js';
export { parseThreshold, THRESHOLD_GRAMMAR, type ThresholdReading } from './reading/thresholds.js';
export * from './result/measured.js';
export { readRunResult } from './result/read-result-file.js';
export * from './result/run-result.js';
export type * from './result/timeline-result.js';
export { exitCodeOf, type RunOutcome, type RunScenarioOptions, runScenario } from './run.js';
export type { RunProgress } from './running/job-progress.js';
export { runReplications } from './running/pool.js';
export { type ReplicationProgress, replicate, runReplicationsInline } from './running/replicate.js';
export { OutOfMemory, SimulationFault } from './running/thread-failure.js';
export { chooseWarmup, pilotOptions, pilotPlan, type WarmupChoice } from './running/warmup.js';
export { type SummaryInput, summarise } from './summary/summarise.js';
