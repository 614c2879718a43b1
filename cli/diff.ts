// `seatrial diff`: loads the worlds, runs them in pairs, writes what differs, and says by its exit code whether that is a regression.
import { availableParallelism } from 'node:os';
import { diffCsvFiles } from '../reports/diff/csv.js';
import { diffMarkdown } from '../reports/diff/markdown.js';
import { diffText } from '../reports/diff/text.js';
import { htmlDiffReport } from '../reports/html/diff/report.js';
import { stableJson } from '../reports/json.js';
import { formatDurationMs } from '../reports/numbers.js';
import { fingerprint } from '../reports/results.js';
import { type LoadedArms, loadArms } from '../scenarios/compare/load-arms.js';
import { checkPrimary, type DiffOutcome, runDiff } from '../scenarios/compare/run-diff.js';
import { META_FILE } from '../scenarios/gather/output-mark.js';
import type { DiffResult } from '../scenarios/result/diff-result.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import type { Format } from './formats.js';
import { untilInterrupted } from './interruption.js';
import { metaOf } from './meta.js';
import { checkOutputDirectory, writeOutputDirectory } from './output-directory.js';
import { ProgressPrinter } from './progress.js';
import { repeatCommand } from './repeat-command.js';
import { aboutOf, readReportAssets } from './report-assets.js';
import type { SimulationOptions } from './simulation-options.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';

export interface DiffOptions extends SimulationOptions {
  readonly out: string;
  readonly format: readonly Format[];
  readonly scenario?: string;
  readonly ownScenario?: boolean;
  readonly primary?: readonly string[];
  /** Shares, 0..1. */
  readonly precision?: number;
  readonly marginLatency?: number;
  readonly marginErrors?: number;
  readonly maxReplications?: number;
  readonly replications?: number;
  /** Milliseconds; Infinity = unlimited. */
  readonly budget: number;
  readonly inconclusive: 'fail' | 'pass';
}

/**
 * Returns the exit code. Throws a user's error for an output directory that is not ours or a metric that is not there, and whatever is a
 * fault of ours.
 * @param names the base, then the candidates.
 */
export function diff(names: readonly string[], options: DiffOptions): Promise<number> {
  return untilInterrupted((signal) => diffUntil(names, options, signal));
}

async function diffUntil(names: readonly string[], options: DiffOptions, signal: AbortSignal): Promise<number> {
  const startedAt = new Date();
  const inputs = options.scenario === undefined ? names : [...names, options.scenario];
  const out = await checkOutputDirectory(options.out, inputs);
  const loaded = load(names, options);
  tellFindings(loaded.diagnostics, { quiet: options.quiet ?? false, textOf: loaded.textOf });
  if (loaded.arms === null) return EXIT.usage;
  const refused = checkPrimary(loaded.arms[0], options.primary ?? []);
  if (refused !== null) throw new UserError(refused.error, refused.hint);

  const workers = options.workers ?? availableParallelism();
  const outcome = await simulate(loaded.arms, options, workers, signal);
  const { result } = outcome;
  if (result === null) {
    const why = outcome.stop === 'budget' ? 'the budget was spent (raise --budget)' : 'interrupted';
    process.stderr.write(`${why} before the first pair of replications was done: there is nothing to report\n`);
    return outcome.exitCode;
  }

  const json = stableJson(result);
  const made = { command: commandOf(names, options, result), fingerprint: fingerprint(json) };
  if (options.json) process.stdout.write(json);
  else if (!options.quiet) {
    process.stdout.write(diffText(result, { color: wantsColor(process.stdout), width: widthOf(process.stdout) }));
  }
  // The summary is printed by now, so that a full disk cannot take it.
  const files = { 'diff.json': json, ...(await reportFiles(result, options.format, made)) };
  const meta = metaOf({ ...made, workers, startedAt, finishedAt: new Date(), files: Object.keys(files) });
  await writeOutputDirectory(out, { ...files, [META_FILE]: stableJson(meta) });
  if (!options.quiet) {
    const wall = formatDurationMs(meta.wallSeconds * 1000);
    const where = options.format.includes('html') ? `${options.out}/${HTML_FILE}` : `${options.out}/`;
    process.stderr.write(`\n ${where}  in ${wall}  fingerprint ${made.fingerprint.slice(0, 16)}\n`);
  }
  return softened(outcome, result, options);
}

function load(names: readonly string[], options: DiffOptions): LoadedArms {
  return loadArms(names, {
    scenario: options.scenario,
    ownScenario: options.ownScenario,
    maxInputBytes: options.maxInput,
    strict: options.strict,
    seed: options.seed,
    duration: options.duration,
    istioVersion: options.istio,
    envoyVersion: options.envoy,
    changes: options.set,
  });
}

async function simulate(
  arms: NonNullable<LoadedArms['arms']>,
  options: DiffOptions,
  workers: number,
  signal: AbortSignal,
): Promise<DiffOutcome> {
  const progress = new ProgressPrinter(process.stderr, options.replications === undefined ? options.budget : undefined);
  try {
    return await runDiff(arms, {
      workers,
      memoryMaxBytes: options.maxMemory,
      primary: options.primary,
      precisionShare: options.precision,
      marginLatencyShare: options.marginLatency,
      marginErrorShare: options.marginErrors,
      replicationsMax: options.maxReplications,
      replications: options.replications,
      budgetMs: Number.isFinite(options.budget) ? options.budget : undefined,
      signal,
      onProgress: progress.report,
    });
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
  result: DiffResult,
  formats: readonly Format[],
  made: Made,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const format of formats) {
    switch (format) {
      case 'csv':
        Object.assign(files, diffCsvFiles(result));
        break;
      case 'html':
        files[HTML_FILE] = htmlDiffReport(result, await readReportAssets(), aboutOf(made));
        break;
      case 'md':
        files['diff.md'] = diffMarkdown(result, made);
        break;
    }
  }
  return files;
}

const HTML_FILE = 'report.html';

/** Gives the same numbers again: seed and number of replications are spelt out, and no clock ends it. */
function commandOf(names: readonly string[], options: DiffOptions, { seed, replications }: DiffResult): string {
  const words = ['diff', ...names, `--seed=${seed}`];
  if (replications > 0) words.push(`--replications=${replications}`);
  if (options.scenario !== undefined) words.push('--scenario', options.scenario);
  if (options.ownScenario === true) words.push('--own-scenario');
  for (const metric of options.primary ?? []) words.push('--primary', metric);
  if (options.marginLatency !== undefined) words.push(`--margin-latency=${percent(options.marginLatency)}`);
  if (options.marginErrors !== undefined) words.push(`--margin-errors=${percent(options.marginErrors)}`);
  return repeatCommand(words, options);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

/** `--inconclusive=pass` softens a verdict that the data cannot give, never a run that is incomplete. */
function softened({ exitCode }: DiffOutcome, result: DiffResult, { inconclusive }: DiffOptions): number {
  const arms = [result.base, ...result.comparisons.map(({ candidate }) => candidate)];
  const isComplete =
    result.stop !== 'out-of-memory' &&
    !arms.some(({ warnings }) => warnings.some(({ code }) => code === 'stopped-early'));
  return exitCode === EXIT.inconclusive && inconclusive === 'pass' && isComplete ? EXIT.good : exitCode;
}
