// `seatrial diff`: loads the worlds, runs them in pairs, writes what differs, and says by its exit code whether that is a regression.
import { readFileSync, statSync } from 'node:fs';
import { arch, availableParallelism, platform, release } from 'node:os';
import { createColors } from 'picocolors';
import type { Diagnostic } from '../models/config/diagnostic.js';
import { formatDiagnostics } from '../reports/diagnostics.js';
import { diffCsvFiles } from '../reports/diff/csv.js';
import { diffMarkdown } from '../reports/diff/markdown.js';
import { diffText } from '../reports/diff/text.js';
import { fingerprint, stableJson } from '../reports/json.js';
import { formatDurationMs } from '../reports/numbers.js';
import type { DiffResult } from '../scenarios/compare/diff-result.js';
import { type LoadedArms, loadArms } from '../scenarios/compare/load-arms.js';
import { checkPrimary, type DiffOutcome, runDiff } from '../scenarios/compare/run-diff.js';
import { META_FILE, META_SCHEMA } from '../scenarios/output-mark.js';
import type { DiffFormat } from './diff-values.js';
import { EXIT } from './exit-codes.js';
import type { Meta } from './meta.js';
import { checkOutputDirectory, writeOutputDirectory } from './output-directory.js';
import { ProgressPrinter } from './progress.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';

export interface DiffOptions {
  readonly out: string;
  readonly format: readonly DiffFormat[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly workers?: number;
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
  readonly seed?: string;
  readonly duration?: string;
  readonly istio?: string;
  readonly maxInput?: number;
  readonly strict?: boolean;
  readonly inconclusive: 'fail' | 'pass';
}

/** A line of an input longer than this is not worth showing. */
const EXCERPT_FILE_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Returns the exit code. Throws a user's error for an output directory that is not ours or a metric that is not there, and whatever is a
 * fault of ours. The first Ctrl-C stops with what is finished, the second leaves at once.
 * @param names the base, then the candidates.
 */
export async function diff(names: readonly string[], options: DiffOptions): Promise<number> {
  const interruption = new AbortController();
  const onInterrupt = (): void => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await diffUntil(names, options, interruption.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function diffUntil(names: readonly string[], options: DiffOptions, signal: AbortSignal): Promise<number> {
  const startedAt = new Date();
  await checkOutputDirectory(options.out);
  const loaded = load(names, options);
  tell(loaded, options);
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
  const command = commandOf(names, options, result);
  const files = { 'diff.json': json, ...filesOf(result, options.format, command) };
  const meta: Meta = {
    schema: META_SCHEMA,
    fingerprint: fingerprint(json),
    command,
    files: [...Object.keys(files), META_FILE].sort(),
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    workers,
    node: process.version,
    host: `${platform()} ${release()} ${arch()}`,
  };
  await writeOutputDirectory(options.out, { ...files, [META_FILE]: stableJson(meta) });

  if (options.json) process.stdout.write(json);
  else if (!options.quiet) {
    process.stdout.write(diffText(result, { color: wantsColor(process.stdout), width: widthOf(process.stdout) }));
  }
  if (!options.quiet) {
    const wall = formatDurationMs(meta.wallSeconds * 1000);
    process.stderr.write(`\n ${options.out}/  in ${wall}  fingerprint ${meta.fingerprint.slice(0, 16)}\n`);
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
  });
}

/** Findings go to stderr: all of them where the input is wrong, else the warnings. */
function tell({ diagnostics, textOf }: LoadedArms, { quiet }: DiffOptions): void {
  const isShown = ({ severity }: Diagnostic): boolean =>
    severity === 'error' || (quiet !== true && severity === 'warning');
  const colors = createColors(wantsColor(process.stderr));
  const excerptOf = (file: string): string | null => textOf(file) ?? readForExcerpt(file);
  process.stderr.write(formatDiagnostics(diagnostics.filter(isShown), { colors, textOf: excerptOf }));
}

function readForExcerpt(file: string): string | null {
  try {
    const { size } = statSync(file);
    return size > EXCERPT_FILE_BYTES_MAX ? null : readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

async function simulate(
  arms: NonNullable<LoadedArms['arms']>,
  options: DiffOptions,
  workers: number,
  signal: AbortSignal,
): Promise<DiffOutcome> {
  const progress = new ProgressPrinter(process.stderr);
  try {
    return await runDiff(arms, {
      workers,
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

function filesOf(result: DiffResult, formats: readonly DiffFormat[], command: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const format of new Set(formats)) {
    switch (format) {
      case 'csv':
        Object.assign(files, diffCsvFiles(result));
        break;
      case 'md':
        files['diff.md'] = diffMarkdown(result, { command });
        break;
    }
  }
  return files;
}

/** Gives the same numbers again: seed and number of replications are spelt out, and no clock ends it. */
function commandOf(names: readonly string[], options: DiffOptions, { seed, replications }: DiffResult): string {
  const words = ['seatrial', 'diff', ...names, `--seed=${seed}`, `--replications=${replications}`];
  if (options.scenario !== undefined) words.push('--scenario', options.scenario);
  if (options.ownScenario === true) words.push('--own-scenario');
  for (const metric of options.primary ?? []) words.push('--primary', metric);
  if (options.marginLatency !== undefined) words.push(`--margin-latency=${percent(options.marginLatency)}`);
  if (options.marginErrors !== undefined) words.push(`--margin-errors=${percent(options.marginErrors)}`);
  if (options.duration !== undefined) words.push('--duration', options.duration);
  if (options.istio !== undefined) words.push('--istio', options.istio);
  if (options.strict === true) words.push('--strict');
  return words.map(shellWord).join(' ');
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,~-]+$/.test(word) && !word.startsWith('~') ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `--inconclusive=pass` softens a verdict that the data cannot give, never a run that is incomplete. */
function softened({ exitCode }: DiffOutcome, result: DiffResult, { inconclusive }: DiffOptions): number {
  const arms = [result.base, ...result.comparisons.map(({ candidate }) => candidate)];
  const isComplete = !arms.some(({ warnings }) => warnings.some(({ code }) => code === 'stopped-early'));
  return exitCode === EXIT.inconclusive && inconclusive === 'pass' && isComplete ? EXIT.good : exitCode;
}
