// `seatrial storm`: random timelines over a mesh, and the worst of them as scenarios that can be played again.
import { availableParallelism } from 'node:os';
import { schemaProblems } from '../models/config/published/schema-problems.js';
import { stableJson } from '../reports/json.js';
import { formatDurationMs } from '../reports/numbers.js';
import { fingerprint } from '../reports/results.js';
import { stormText } from '../reports/storm/text.js';
import { META_FILE } from '../scenarios/gather/output-mark.js';
import { into } from '../scenarios/gather/tree.js';
import { loadScenario } from '../scenarios/loading/load-scenario.js';
import { runStorms, type StormRun } from '../scenarios/storm/run-storms.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import { untilInterrupted } from './interruption.js';
import { metaOf } from './meta.js';
import { checkOutputDirectory, type OutputDirectory, writeOutputDirectory } from './output-directory.js';
import { ProgressPrinter } from './progress.js';
import { repeatCommand } from './repeat-command.js';
import { scenarioPathOf } from './scenario-path.js';
import type { SimulationOptions } from './simulation-options.js';
import { wantsColor, widthOf } from './terminal.js';

export interface StormOptions extends SimulationOptions {
  readonly storms: number;
  readonly worst: number;
  /** Infinity: none. */
  readonly budget?: number;
  readonly out?: string;
}

/** Returns the exit code. Throws a user's error for an output directory that is not ours, and whatever is a fault of ours. */
export function storm(path: string, options: StormOptions): Promise<number> {
  return untilInterrupted((signal) => stormUntil(path, options, signal));
}

async function stormUntil(path: string, options: StormOptions, signal: AbortSignal): Promise<number> {
  const startedAt = new Date();
  const out = options.out === undefined ? null : await checkOutputDirectory(options.out, [path]);
  const overrides = {
    seed: options.seed,
    duration: options.duration,
    istioVersion: options.istio,
    envoyVersion: options.envoy,
  };
  const { maxInput: maxInputBytes, strict, set: changes } = options;
  const loading = { ...overrides, maxInputBytes, strict, changes, rendering: into('storm') };
  const loaded = loadScenario(scenarioPathOf(path), loading);
  const problems = loaded.resources === null ? [] : await schemaProblems(loaded.resources, strict);
  tellFindings([...loaded.diagnostics, ...problems], { quiet: options.quiet ?? false });
  if (loaded.plan === null || problems.some(({ severity }) => severity === 'error')) return EXIT.usage;

  const workers = options.workers ?? availableParallelism();
  const progress = new ProgressPrinter(process.stderr, options.budget);
  let run: StormRun;
  try {
    run = await runStorms(loaded, {
      ...{ storms: options.storms, worst: options.worst, workers, overrides, signal },
      budgetMs: options.budget,
      memoryMaxBytes: options.maxMemory,
      onProgress: progress.report,
    });
  } finally {
    progress.wipe();
  }
  const { result } = run;
  if (result === null) {
    process.stderr.write('interrupted before the first storm was done: there is nothing to report\n');
    return EXIT.interrupted;
  }
  const json = stableJson(result);
  if (options.json) process.stdout.write(json);
  else if (!options.quiet) {
    const { stdout } = process;
    const directory = options.out ?? null;
    process.stdout.write(stormText(result, { color: wantsColor(stdout), width: widthOf(stdout), directory }));
  }
  const words = ['storm', path, `--seed=${result.seed}`, `--storms=${result.storms}`, `--worst=${options.worst}`];
  const made = { command: repeatCommand(words, options), fingerprint: fingerprint(json) };
  const wallSeconds =
    out === null ? secondsSince(startedAt) : await write(out, run, json, { ...made, workers, startedAt });
  if (!options.quiet) {
    const where = options.out === undefined ? '' : ` ${options.out}/ `;
    process.stderr.write(
      `\n${where} ${result.runs} runs in ${formatDurationMs(wallSeconds * 1000)}  fingerprint ${made.fingerprint.slice(0, 16)}\n`,
    );
  }
  return result.stop === 'interrupted' ? EXIT.interrupted : result.stop === 'budget' ? EXIT.inconclusive : EXIT.good;
}

/** Wall seconds of all of it. */
async function write(
  out: OutputDirectory,
  { scenarioTexts }: StormRun,
  json: string,
  made: Omit<Parameters<typeof metaOf>[0], 'finishedAt' | 'files'>,
): Promise<number> {
  const files = { 'storm.json': json, ...scenarioTexts(out.path) };
  const meta = metaOf({ ...made, finishedAt: new Date(), files: Object.keys(files) });
  await writeOutputDirectory(out, { ...files, [META_FILE]: stableJson(meta) });
  return meta.wallSeconds;
}

function secondsSince(startedAt: Date): number {
  return (Date.now() - startedAt.getTime()) / 1000;
}
