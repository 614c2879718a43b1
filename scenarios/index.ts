// The public surface: what is done to a mesh. Load a scenario, run it, read its result.
export * from './compare/index.js';

export { type ExplainedRequest, type ExplainRequest, explainRequest } from './explain-request.js';
export { readExplanation } from './explain-schema.js';
export { type Gathered, type GatherOptions, gather } from './gather.js';
export { type Interpretation, interpretScenario, type ScenarioOverrides } from './interpret.js';
export type { RunProgress } from './job-progress.js';
export { explanationJsonSchema, type JsonSchema, resultsJsonSchema, scenarioJsonSchema } from './json-schemas.js';
export { type LintedPaths, type LintPathsOptions, lintPaths, lintTexts } from './lint.js';
export { type LoadedScenario, type LoadScenarioOptions, loadScenario, type RelativeFindings } from './load-scenario.js';
export { runReplications } from './pool.js';
export { type ReplicationProgress, replicate, runReplicationsInline } from './replicate.js';
export { readRunResult } from './result-file/read.js';
export { exitCodeOf, type RunOutcome, type RunScenarioOptions, runScenario } from './run.js';
export * from './run-result.js';
export type { Metric, RunSettings, Scenario, SloSpec, Subject, ThresholdSpec } from './scenario.js';
export { SCENARIO_API_VERSION, SCENARIO_KIND, type ScenarioDocument } from './schema.js';
export { type SubjectNames, subjectNames } from './subjects.js';
export { type SummaryInput, summarise } from './summarise.js';
export { OutOfMemory, SimulationFault } from './thread-failure.js';
export { parseThreshold, THRESHOLD_GRAMMAR, type ThresholdReading } from './thresholds.js';
export { type ValidatedScenario, validateScenario } from './validate.js';
export { chooseWarmup, pilotOptions, pilotPlan, type WarmupChoice } from './warmup.js';
