// The public surface of comparisons: load worlds, run them in pairs, read what differs.

export * from '../result/diff-result.js';
export { type ArmRun, readArmRun } from './arm-run.js';
export { compareArms, isComparisonPrecise, type MeasuredComparison } from './compare-arms.js';
export { diffConfig } from './config-diff.js';
export { type LoadArmsOptions, type LoadedArm, type LoadedArms, loadArms } from './load-arms.js';
export { type ConfigObject, configObjects } from './objects.js';
export { choosePrimary, type PrimaryMetric, type PrimaryMetrics, type PrimaryReading } from './primary.js';
export {
  checkPrimary,
  DEFAULT_REPLICATIONS_MAX,
  DIFF_BATCH,
  type DiffOutcome,
  type RunDiffOptions,
  runDiff,
} from './run-diff.js';
