// Paths or texts → the findings of the linter: reads the YAML, and the scenario beside it where there is one, so that rules can use its rates.
import { dirname, isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { OBJECTS_LEFT_OUT } from '../../models/config/left-out.js';
import { loadDocuments, type ResourceSet } from '../../models/config/load.js';
import { schemaProblems } from '../../models/config/published/schema-problems.js';
import type { NamedText } from '../../models/config/resource.js';
import { type LintOptions, type LintResult, lint } from '../../models/lint/lint.js';
import { hasIstioDefaults } from '../../models/plan/contract/meshes.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { isLinkerdAlone } from '../../models/plan/settings/assumed-mesh.js';
import { ParsedTexts, scenariosIn } from '../document/documents.js';
import { validateScenario } from '../document/validate.js';
import { gather } from '../gather/gather.js';
import { INTO_FILE, into } from '../gather/tree.js';
import { SCENARIO_FILE } from '../init/infer-paths.js';
import { interpretScenario } from '../reading/interpret.js';
import { listOf } from '../reading/reader.js';
import { loadScenarioWith } from './load-scenario.js';

export interface LintPathsOptions extends LintOptions {
  readonly maxInputBytes?: number | undefined;
  /** Unknown fields of manifests are errors. */
  readonly strict?: boolean | undefined;
  /** In place of the scenario's, e.g. `1.31`. */
  readonly istioVersion?: string | undefined;
}

export interface LintedPaths {
  readonly result: LintResult;
  /** For excerpts. */
  readonly texts: readonly NamedText[];
  /** Something could not be found or parsed: the result is about the rest. */
  readonly isIncomplete: boolean;
}

/** What the plan says of hosts, subsets and failover the rules say with codes of their own; what a cluster refuses has an error each. */
const SAID_BY_RULES: readonly string[] = [
  'destination-host-not-found',
  'destination-port-not-found',
  'subset-not-found',
  'service-without-endpoints',
  'failover-without-outlier-detection',
  OBJECTS_LEFT_OUT,
  'service-entry-left-out',
];

/**
 * Lints files, directories, globs, `-`. With one scenario among them that is what `run` reads: the mesh that the scenario names, or all that was given
 * where it names none, and files that are named themselves. Several scenarios are read with all that they name. What cannot be found or read is a
 * finding (ST0001); nothing is thrown for it.
 */
export async function lintPaths(paths: readonly string[], options: LintPathsOptions = {}): Promise<LintedPaths> {
  const { maxInputBytes } = options;
  const first = gather(paths, { trees: into('lint'), maxInputBytes });
  const parsed = new ParsedTexts(options);
  const documents = parsed.of(first.texts);
  const planFor = (all: readonly RawDocument[]): Told => planOfPaths(paths, all, options, parsed);
  const scenarios = scenariosIn(documents);
  const wanted = scenarios.flatMap((raw) => meshOf(raw, first.texts));
  if (wanted.length === 0) return await linted(first.texts, documents, first.diagnostics, options, planFor);
  const second = gather(wanted, { trees: INTO_FILE, maxInputBytes });
  const kept = scenarios.length > 1 ? first.texts : namedThemselves(first.texts, [...paths, scenarios[0]!.file]);
  const known = new Set(kept.map(({ name }) => name));
  const more = second.texts.filter(({ name }) => !known.has(name));
  const found = [...first.diagnostics, ...second.diagnostics];
  const own = documents.filter(({ file }) => known.has(file));
  return await linted([...kept, ...more], [...own, ...parsed.of(more)], found, options, planFor);
}

function namedThemselves(texts: readonly NamedText[], paths: readonly string[]): readonly NamedText[] {
  const files = new Set(paths.map((path) => join(path)));
  return texts.filter(({ name }) => files.has(name));
}

/** The same for texts that are at hand. */
export async function lintTexts(texts: readonly NamedText[], options: LintPathsOptions = {}): Promise<LintedPaths> {
  return await linted(texts, new ParsedTexts(options).of(texts), [], options, null);
}

/** `found` = what reading the texts has found; `planFor` finds the plan where the texts are files. */
async function linted(
  texts: readonly NamedText[],
  documents: readonly RawDocument[],
  found: readonly Diagnostic[],
  options: LintPathsOptions,
  planFor: ((documents: readonly RawDocument[]) => Told) | null,
): Promise<LintedPaths> {
  const resources = loadDocuments(documents, { strict: options.strict ?? false });
  const told = planFor?.(documents) ?? planOfTexts(documents, resources, options);
  const result = await lintResources({ texts, documents, resources, found, ...told }, options);
  const isBroken = documents.some(({ value }) => value === null);
  return { result, texts, isIncomplete: isBroken || found.some(({ severity }) => severity === 'error') };
}

export interface LintedResources {
  readonly texts: readonly NamedText[];
  readonly documents: readonly RawDocument[];
  readonly resources: ResourceSet;
  /** What the scenario makes of the mesh, and what was said of that; null: there is none. */
  readonly plan: MeshPlan | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What reading the texts has found. */
  readonly found: readonly Diagnostic[];
}

/** The same for resources that were read already. */
export async function lintResources(
  { texts, documents, resources, plan, diagnostics, found }: LintedResources,
  options: LintPathsOptions = {},
): Promise<LintResult> {
  const problems = await schemaProblems(resources, options.strict);
  const all = [...found, ...resources.diagnostics, ...problems, ...diagnostics];
  const { istioVersion } = options;
  const isLinkerds = isLinkerdAlone(resources) && (plan === null || !hasIstioDefaults(plan));
  return lint({ texts, documents, diagnostics: all, plan, istioVersion, isLinkerds }, options);
}

interface Told {
  readonly plan: MeshPlan | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A scenario in a file is read as `run` reads it, with the mesh that it names and no other. */
function planOfPaths(
  paths: readonly string[],
  documents: readonly RawDocument[],
  options: LintPathsOptions,
  parsed: ParsedTexts,
): Told {
  const all = scenariosIn(documents);
  const chosen = paths.flatMap((path) => [join(path), join(path, SCENARIO_FILE)]);
  const near = all.filter(({ file }) => chosen.includes(file));
  const [raw, ...others] = all.length === 1 ? all : near;
  if (raw === undefined && all.length > 1)
    return { plan: null, diagnostics: [severalScenarios(all[0]!, all.slice(1))] };
  if (raw === undefined) return { plan: null, diagnostics: [] };
  if (others.length > 0) return { plan: null, diagnostics: [severalScenarios(raw, others)] };
  if (raw.file === '-') return planOfTexts(documents, loadDocuments(documents), options);
  const { plan, diagnostics } = loadScenarioWith(raw.file, options, parsed);
  return { plan, diagnostics: diagnostics.filter(({ code }) => !SAID_BY_RULES.includes(code)) };
}

function planOfTexts(documents: readonly RawDocument[], resources: ResourceSet, options: LintPathsOptions): Told {
  const [raw, ...others] = scenariosIn(documents);
  if (raw === undefined) return { plan: null, diagnostics: [] };
  if (others.length > 0) return { plan: null, diagnostics: [severalScenarios(raw, others)] };
  const { document, diagnostics } = validateScenario(raw);
  if (document === null) return { plan: null, diagnostics };
  const interpreted = interpretScenario(raw, document, resources, { istioVersion: options.istioVersion });
  const own = interpreted.diagnostics.filter(({ code }) => !SAID_BY_RULES.includes(code));
  return { plan: interpreted.plan, diagnostics: [...diagnostics, ...own] };
}

function severalScenarios(first: RawDocument, others: readonly RawDocument[]): Diagnostic {
  return {
    code: 'several-scenarios',
    severity: 'info',
    position: others[0]!.at([]),
    message: `there are ${others.length + 1} scenarios, the first in ${first.file}: rules that need rates are left out`,
    hint: 'lint one directory or scenario at a time',
  };
}

/** What a scenario lists as its mesh, relative to its file; the directory of a scenario that was given alone and lists none. */
function meshOf(raw: RawDocument, given: readonly NamedText[]): string[] {
  const { document } = validateScenario(raw);
  const directory = raw.file === '-' ? '.' : dirname(raw.file);
  const mesh = listOf(document?.spec?.mesh);
  if (mesh.length === 0) return document !== null && given.every(({ name }) => name === raw.file) ? [directory] : [];
  return mesh.filter((path) => path !== '-').map((path) => (isAbsolute(path) ? path : join(directory, path)));
}
