// `seatrial run`: loads a scenario, runs it, writes the results, prints the summary, and says by its exit code how it went.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createColors } from 'picocolors';
import type { Diagnostic } from '../models/config/diagnostic.js';
import { csvFiles } from '../reports/csv.js';
import { formatDiagnostics } from '../reports/diagnostics.js';
import { fingerprint, stableJson } from '../reports/json.js';
import { formatCount, formatDurationMs } from '../reports/numbers.js';
import { summaryText } from '../reports/summary.js';
import { type LoadedScenario, loadScenario } from '../scenarios/load-scenario.js';
import { META_FILE } from '../scenarios/output-mark.js';
import { type RunOutcome, runScenario } from '../scenarios/run.js';
import { EXIT } from './exit-codes.js';
import { metaOf } from './meta.js';
import { checkOutputDirectory, writeOutputDirectory } from './output-directory.js';
import { ProgressPrinter } from './progress.js';
import { wantsColor, widthOf } from './terminal.js';

export interface RunOptions {
  readonly out: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly workers?: number;
  readonly seed?: string;
  readonly replications?: number;
  readonly duration?: string;
  readonly istio?: string;
  readonly maxInput?: number;
  readonly strict?: boolean;
  readonly inconclusive: 'fail' | 'pass';
}

/** A line of an input longer than this is not worth showing. */
const EXCERPT_FILE_BYTES_MAX = 8 * 1024 * 1024;

/** Returns the exit code. Throws a user's error for an output directory that is not ours, and whatever is a fault of ours. */
export async function run(path: string, options: RunOptions): Promise<number> {
  const interruption = new AbortController();
  const onInterrupt = (): void => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await runUntil(path, options, interruption.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** The first Ctrl-C (`signal`) stops after what is finished, the second leaves at once. */
async function runUntil(path: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  const startedAt = new Date();
  await checkOutputDirectory(options.out);
  const loaded = await load(path, options);
  tell(loaded.diagnostics, options);
  if (loaded.plan === null) return EXIT.usage;

  const workers = options.workers ?? availableParallelism();
  const outcome = await simulate(loaded, workers, signal);
  const { result } = outcome;
  if (result === null) {
    process.stderr.write('interrupted before the first replication was done: there is nothing to report\n');
    return EXIT.interrupted;
  }

  const json = stableJson(result);
  const hash = fingerprint(json);
  const tables = { 'results.json': json, ...csvFiles(result) };
  const finishedAt = new Date();
  const files = Object.keys(tables);
  const meta = metaOf({ path, options, result, fingerprint: hash, workers, startedAt, finishedAt, files });
  await writeOutputDirectory(options.out, { ...tables, [META_FILE]: stableJson(meta) });

  if (options.json) process.stdout.write(json);
  else if (!options.quiet) {
    process.stdout.write(summaryText(result, { color: wantsColor(process.stdout), width: widthOf(process.stdout) }));
  }
  if (!options.quiet) {
    process.stderr.write(`\n${closingLine(options.out, hash, result.events, meta.wallSeconds)}\n`);
  }
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
  });
}

/** A directory stands for the `scenario.yaml` in it, where there is one; else all of its YAML is read. */
function scenarioPathOf(path: string): string {
  const file = `${path.replace(/\/+$/, '')}/scenario.yaml`;
  return path !== '-' && existsSync(file) ? file : path;
}

/** Findings go to stderr: all of them where the input is wrong, else the warnings. */
function tell(diagnostics: readonly Diagnostic[], { quiet }: RunOptions): void {
  const shown = diagnostics.filter(
    ({ severity }) => severity === 'error' || (quiet !== true && severity === 'warning'),
  );
  const colors = createColors(wantsColor(process.stderr));
  process.stderr.write(formatDiagnostics(shown, { colors, textOf: readForExcerpt }));
}

function readForExcerpt(file: string): string | null {
  try {
    const { size } = statSync(file);
    return size > EXCERPT_FILE_BYTES_MAX ? null : readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function closingLine(out: string, hash: string, events: number, wallSeconds: number): string {
  return ` ${out}/  ${formatCount(events)} events in ${formatDurationMs(wallSeconds * 1000)}  fingerprint ${hash.slice(0, 16)}`;
}

async function simulate(loaded: LoadedScenario, workers: number, signal: AbortSignal): Promise<RunOutcome> {
  const progress = new ProgressPrinter(process.stderr);
  try {
    return await runScenario(loaded, { workers, signal, onProgress: progress.report });
  } finally {
    progress.wipe();
  }
}

/** `--inconclusive=pass` softens a verdict that the data cannot give, never a run that is incomplete. */
function softened({ exitCode, result }: RunOutcome, { inconclusive }: RunOptions): number {
  const isComplete = result !== null && !result.warnings.some(({ code }) => code === 'stopped-early');
  return exitCode === EXIT.inconclusive && inconclusive === 'pass' && isComplete ? EXIT.good : exitCode;
}
