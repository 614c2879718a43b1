// `seatrial run`: loads a scenario, runs it, writes the results, prints the summary, and says by its exit code how it went.
import { availableParallelism } from 'node:os';
import { schemaProblems } from '../models/config/published/schema-problems.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { csvFiles } from '../reports/csv.js';
import { htmlReport } from '../reports/html/report.js';
import { stableJson } from '../reports/json.js';
import { markdownReport } from '../reports/markdown.js';
import { formatCount, formatDurationMs } from '../reports/numbers.js';
import { fingerprint, resultsJson } from '../reports/results.js';
import { summaryText } from '../reports/summary.js';
import { parseDurationNs } from '../scenarios/document/words.js';
import { META_FILE } from '../scenarios/gather/output-mark.js';
import { into } from '../scenarios/gather/tree.js';
import { type LoadedScenario, loadScenario } from '../scenarios/loading/load-scenario.js';
import type { RunResult } from '../scenarios/result/run-result.js';
import { RECOVER_WITHIN_NS, type RunOutcome, type RunScenarioOptions, runScenario } from '../scenarios/run.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import type { Format } from './formats.js';
import { untilInterrupted } from './interruption.js';
import { metaOf } from './meta.js';
import { checkOutputDirectory, writeOutputDirectory } from './output-directory.js';
import { ProgressPrinter } from './progress.js';
import { repeatCommand } from './repeat-command.js';
import { aboutOf, readReportAssets } from './report-assets.js';
import { scenarioPathOf } from './scenario-path.js';
import type { SimulationOptions } from './simulation-options.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';

export interface RunOptions extends SimulationOptions {
  readonly out: string;
  readonly format: readonly Format[];
  readonly replications?: number;
  readonly untilRecovered?: boolean;
  readonly recoverWithin?: string;
  readonly inconclusive: 'fail' | 'pass';
}

/** Returns the exit code. Throws a user's error for an output directory that is not ours, and whatever is a fault of ours. */
export function run(path: string, options: RunOptions): Promise<number> {
  return untilInterrupted((signal) => runUntil(path, options, signal));
}

async function runUntil(path: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  const startedAt = new Date();
  const out = await checkOutputDirectory(options.out, [path]);
  const loaded = await load(path, options);
  const problems = loaded.resources === null ? [] : await schemaProblems(loaded.resources, options.strict);
  tellFindings([...loaded.diagnostics, ...problems], { quiet: options.quiet ?? false });
  if (loaded.plan === null || problems.some(({ severity }) => severity === 'error')) return EXIT.usage;

  const recoverWithinNs = recoveryTimeOf(options, loaded.plan);
  const workers = options.workers ?? availableParallelism();
  const outcome = await simulate(loaded, { workers, recoverWithinNs, memoryMaxBytes: options.maxMemory, signal });
  const { result } = outcome;
  if (result === null) {
    process.stderr.write('interrupted before the first replication was done: there is nothing to report\n');
    return EXIT.interrupted;
  }

  const json = resultsJson(result);
  const made = { command: commandOf(path, options, result), fingerprint: fingerprint(json) };
  if (options.json) process.stdout.write(json);
  else if (!options.quiet) {
    process.stdout.write(summaryText(result, { color: wantsColor(process.stdout), width: widthOf(process.stdout) }));
  }
  // The summary is printed by now, so that a full disk cannot take it.
  const files = { 'results.json': json, ...(await reportFiles(result, options.format, made)) };
  const meta = metaOf({ ...made, workers, startedAt, finishedAt: new Date(), files: Object.keys(files) });
  await writeOutputDirectory(out, { ...files, [META_FILE]: stableJson(meta) });
  if (!options.quiet) process.stderr.write(`\n${closingLine(options, made.fingerprint, result, meta.wallSeconds)}\n`);
  return softened(outcome, options);
}

async function load(path: string, options: RunOptions): Promise<LoadedScenario> {
  return await loadScenario(scenarioPathOf(path), {
    maxInputBytes: options.maxInput,
    strict: options.strict,
    seed: options.seed,
    replications: options.replications,
    duration: options.duration,
    istioVersion: options.istio,
    envoyVersion: options.envoy,
    changes: options.set,
    rendering: into('run'),
  });
}

/** undefined: the run is as long as the scenario says. */
function recoveryTimeOf(
  { untilRecovered, recoverWithin }: RunOptions,
  { timeline }: Pick<MeshPlan, 'timeline'>,
): number | undefined {
  if (untilRecovered !== true) {
    if (recoverWithin === undefined) return undefined;
    throw new UserError('--recover-within has no meaning without --until-recovered', 'add --until-recovered');
  }
  if (timeline.every(({ startsNs }) => startsNs.length === 0)) {
    const hint = 'give the scenario a `timeline` (docs/timeline.md), or leave the option out';
    throw new UserError('--until-recovered: nothing happens to this mesh that it could recover from', hint);
  }
  return recoverWithin === undefined ? RECOVER_WITHIN_NS : (parseDurationNs(recoverWithin) ?? RECOVER_WITHIN_NS);
}

async function simulate(loaded: LoadedScenario, options: Omit<RunScenarioOptions, 'onProgress'>): Promise<RunOutcome> {
  const progress = new ProgressPrinter(process.stderr);
  try {
    return await runScenario(loaded, { ...options, onProgress: progress.report });
  } finally {
    progress.wipe();
  }
}

/** What tells how the result was made. */
interface Made {
  readonly command: string;
  readonly fingerprint: string;
}

async function reportFiles(
  result: RunResult,
  formats: readonly Format[],
  made: Made,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const format of formats) {
    switch (format) {
      case 'csv':
        Object.assign(files, csvFiles(result));
        break;
      case 'html':
        files[HTML_FILE] = htmlReport(result, await readReportAssets(), aboutOf(made));
        break;
      case 'md':
        files['report.md'] = markdownReport(result, made);
        break;
    }
  }
  return files;
}

const HTML_FILE = 'report.html';

/** Seed and number of replications are spelt out: an interrupted run is repeated as far as it went. */
function commandOf(path: string, options: RunOptions, { seed, replications }: RunResult): string {
  return repeatCommand(['run', path, `--seed=${seed}`, `--replications=${replications}`], options);
}

function closingLine({ out, format }: RunOptions, hash: string, { events }: RunResult, wallSeconds: number): string {
  const where = format.includes('html') ? `${out}/${HTML_FILE}` : `${out}/`;
  return ` ${where}  ${formatCount(events)} events in ${formatDurationMs(wallSeconds * 1000)}  fingerprint ${hash.slice(0, 16)}`;
}

/** `--inconclusive=pass` softens a verdict that the data cannot give, never a run that is incomplete. */
function softened({ exitCode, result }: RunOutcome, { inconclusive }: RunOptions): number {
  const isComplete =
    result !== null &&
    result.replications === result.replicationsRequested &&
    !result.warnings.some(({ code }) => code === 'stopped-early');
  return exitCode === EXIT.inconclusive && inconclusive === 'pass' && isComplete ? EXIT.good : exitCode;
}
