// The library: `import { loadMesh, simulate, compare } from 'seatrial'`. A mesh is loaded once and then run, or compared with others, as
// often as one likes; it never changes.
import { availableParallelism } from 'node:os';
import type { Diagnostic } from '../models/config/diagnostic.js';
import type { NamedText } from '../models/config/resource.js';
import { armSource } from './compare/arm-source.js';
import { type LoadedArm, loadWorlds } from './compare/load-arms.js';
import { type RunDiffOptions, runDiff } from './compare/run-diff.js';
import { scenarioText, textSource } from './compare/text-source.js';
import type { ScenarioSpec } from './document/schema.js';
import { parseDurationNs } from './document/words.js';
import { seriesInterval } from './reading/run.js';
import type { DiffResult } from './result/diff-result.js';
import type { RunResult } from './result/run-result.js';
import { runScenario } from './run.js';
import type { RunProgress } from './running/job-progress.js';

export type { Diagnostic, FidelityEntry, SourcePosition } from '../models/config/diagnostic.js';
export type { NamedText } from '../models/config/resource.js';
export type { ScenarioSpec } from './document/schema.js';
export { type LintedPaths, type LintPathsOptions, lintPaths, lintTexts } from './loading/lint.js';
export type * from './result/diff-result.js';
export type * from './result/run-result.js';
export type * from './result/timeline-diff-result.js';
export type * from './result/timeline-result.js';
export type { RunProgress } from './running/job-progress.js';

/** A mesh and the load that it is put under, ready to run. Plain data: it can be sent to a worker thread. */
export type Mesh = LoadedArm;

/** The input is wrong: `message` has every error with `file:line:column`, what was expected, and how to put it right. */
export class InvalidMeshError extends Error {
  override readonly name = 'InvalidMeshError';

  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(
      diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(inOneLine)
        .join('\n'),
    );
  }
}

export interface LoadMeshOptions {
  /**
   * The load and what the pods do: a file, or the `spec` of a Scenario as an object (docs/scenario.md). Default: the scenario beside
   * the YAML.
   */
  readonly scenario?: string | ScenarioSpec | undefined;
  /** Name of the mesh in comparisons; default the path, or `mesh`. */
  readonly name?: string | undefined;
  /** In place of the scenario's, e.g. `1.31`. */
  readonly istioVersion?: string | undefined;
  /** In place of the scenario's, or of the Envoy that the release of Istio carries, e.g. `1.36`. */
  readonly envoyVersion?: string | undefined;
  /** Unknown fields of manifests are errors. */
  readonly strict?: boolean | undefined;
  /** Bound of the bytes that are read; default 256 MiB. */
  readonly maxInputBytes?: number | undefined;
}

/**
 * Reads a mesh and its scenario.
 * @param source a file, a directory, a glob or a git revision (`HEAD~1:mesh/`); or YAML texts with the names that messages give them.
 * @throws InvalidMeshError where the input is wrong.
 */
export function loadMesh(source: string | readonly NamedText[], options: LoadMeshOptions = {}): Mesh {
  const { scenario, name, maxInputBytes, ...rest } = options;
  const mesh = typeof source === 'string' ? armSource(source, maxInputBytes) : textSource(name ?? 'mesh', source);
  const { arms, diagnostics } = loadWorlds([name === undefined ? mesh : { ...mesh, name }], {
    ...rest,
    scenario:
      scenario === undefined
        ? undefined
        : typeof scenario === 'string'
          ? armSource(scenario, maxInputBytes)
          : textSource('scenario', [scenarioText(scenario)]),
  });
  if (arms === null) throw new InvalidMeshError(diagnostics);
  return arms[0];
}

export interface SimulateOptions {
  /** In place of the scenario's: any string. */
  readonly seed?: string | undefined;
  /** In place of the scenario's: a whole number >= 1. */
  readonly replications?: number | undefined;
  /** In place of the scenario's: measured time of a replication, e.g. `30s`. */
  readonly duration?: string | undefined;
  /**
   * Each replication goes on past its duration until requests are as before each entry of the timeline, at the latest until so long after the last of
   * them, e.g. `10m`.
   */
  readonly recoverWithin?: string | undefined;
  /** Threads (default: the cores); 0 = on the caller's own, best for many short runs. Never changes a result. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/**
 * What happens under this load? A pure function of mesh, seed, replications and duration. An abort returns what was done until then,
 * with a warning `interrupted`; before the first replication it rejects with the signal's reason.
 * @throws RangeError for an option out of its range.
 */
export async function simulate(mesh: Mesh, options: SimulateOptions = {}): Promise<RunResult> {
  const { plan, scenario, diagnostics, fidelity, sources } = withRun(mesh, options);
  const relative = { scenario, diagnostics, fidelity, ...(sources === null ? {} : { sources }) };
  const { result } = await runScenario(
    { plan, relative },
    { ...threads(options), recoverWithinNs: recoveryTimeOf(options) },
  );
  if (result === null) throw options.signal?.reason;
  return result;
}

export interface CompareOptions
  extends Omit<SimulateOptions, 'replications' | 'recoverWithin'>,
    Omit<RunDiffOptions, 'workers' | 'signal' | 'onProgress'> {}

/**
 * What does this change do? The same customers meet all meshes: replications are paired, and run until the primary metrics are precise
 * enough. How long, with which seed and for which thresholds is the base's. An abort returns the pairs that were done until then; before
 * the first it rejects with the signal's reason, and an Error where the budget ends before it.
 * @throws RangeError for an option out of its range, or a primary metric that is not there.
 */
export async function compare(
  base: Mesh,
  candidates: Mesh | readonly Mesh[],
  options: CompareOptions = {},
): Promise<DiffResult> {
  const others = isList(candidates) ? candidates : [candidates];
  const arms = [base, ...others].map((mesh) => withRun(mesh, { seed: options.seed, duration: options.duration }));
  const { seed: _seed, duration: _duration, ...rest } = options;
  const { result } = await runDiff(arms, { ...rest, ...threads(options) });
  if (result !== null) return result;
  throw options.signal?.aborted === true
    ? options.signal.reason
    : new Error('the budget was spent before the first pair of replications was done');
}

function recoveryTimeOf({ recoverWithin }: SimulateOptions): number | undefined {
  if (recoverWithin === undefined) return undefined;
  const withinNs = parseDurationNs(recoverWithin);
  if (withinNs !== null && withinNs > 0) return withinNs;
  throw new RangeError(`recoverWithin: expected a duration such as 10m, found ${JSON.stringify(recoverWithin)}`);
}

function isList(meshes: Mesh | readonly Mesh[]): meshes is readonly Mesh[] {
  return Array.isArray(meshes);
}

function withRun(mesh: Mesh, { seed, replications, duration }: SimulateOptions): Mesh {
  const durationNs = duration === undefined ? mesh.scenario.run.durationNs : parseDurationNs(duration);
  if (durationNs === null || !(durationNs > 0)) {
    throw new RangeError(`duration: expected a duration above zero such as 30s, found ${JSON.stringify(duration)}`);
  }
  const { run } = mesh.scenario;
  const count = replications ?? run.replications;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`replications: expected a whole number of at least 1, found ${count}`);
  }
  const changed = {
    ...run,
    seed: seed ?? run.seed,
    replications: count,
    durationNs,
    intervalNs: seriesInterval(durationNs),
  };
  return { ...mesh, scenario: { ...mesh.scenario, run: changed } };
}

function threads({ workers, signal, onProgress }: SimulateOptions) {
  return { workers: workers ?? availableParallelism(), signal, onProgress };
}

function inOneLine({ position, message, hint }: Diagnostic): string {
  const place = position === null ? '' : `${position.file}:${position.line}:${position.column}: `;
  return `${place}${message}${hint === undefined ? '' : `; ${hint}`}`;
}
