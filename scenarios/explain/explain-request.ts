// From paths and a question to the way of one request: reads the YAML and, where there is one, the scenario; neither its traffic nor its calls matter.
import type { Change } from '../../models/config/change.js';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import { COMMAND_LINE, type Explanation, explainPath, type Question } from '../../models/plan/explain/index.js';
import { KNOWN_ISTIO_VERSIONS } from '../../models/plan/settings/versions.js';
import { parseDialTarget } from '../../models/plan/terms/host.js';
import { into } from '../gather/tree.js';
import { type ReadPaths, readPaths } from '../loading/load-scenario.js';
import { ScenarioReader } from '../reading/reader.js';
import { toPlanInput } from '../reading/to-plan-input.js';
import { planAt, type Written } from './moment.js';

export interface ExplainRequest {
  /** `web.shop`, or null: from outside. */
  readonly from: string | null;
  /** URL or host[:port]. */
  readonly to: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** File of a scenario, in place of one that stands under the paths. */
  readonly scenario?: string | undefined;
  /** Time of the scenario's timeline, nanoseconds after the end of the warm-up; absent: before anything happens. */
  readonly atNs?: number | undefined;
  readonly istioVersion?: string | undefined;
  readonly maxInputBytes?: number | undefined;
  readonly strict?: boolean | undefined;
  /** What is changed in the YAML before it is read. */
  readonly changes?: readonly Change[] | undefined;
}

export interface ExplainedRequest {
  /** null where a diagnostic is an error. */
  readonly explanation: Explanation | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Where no scenario says anything. */
const EMPTY = `apiVersion: seatrial.dev/v1alpha1\nkind: Scenario\n`;

/** Each path is a file, a directory, a glob or `-`. What is wrong is in `diagnostics`; those about the question are in the file COMMAND_LINE. */
export function explainRequest(paths: readonly string[], request: ExplainRequest): ExplainedRequest {
  const bounds = { maxInputBytes: request.maxInputBytes, strict: request.strict };
  const ofScenario = request.changes?.filter(({ object }) => object === null) ?? [];
  const ofMesh =
    request.scenario === undefined ? request.changes : request.changes?.filter(({ object }) => object !== null);
  const world = worldOf(
    readPaths(paths, { ...bounds, changes: ofMesh, rendering: into('explain') }),
    request.scenario === undefined ? null : readPaths([request.scenario], { ...bounds, changes: ofScenario }),
  );
  if (world.scenario === null || world.resources === null || hasErrors(world.diagnostics))
    return { explanation: null, diagnostics: world.diagnostics };
  const { raw, document, files } = world.scenario;
  const { atNs } = request;
  const at = atNs === undefined ? null : planAt({ raw, document, resources: world.resources, files }, atNs);
  if (at !== null && hasErrors(at.diagnostics))
    return { explanation: null, diagnostics: [...world.diagnostics, ...at.diagnostics] };
  const reader = new ScenarioReader(raw, `Scenario ${document.metadata?.name ?? 'scenario'}`);
  const spec = { ...document.spec, traffic: [{ name: 'request', to: 'request', rate: '1/s' }] };
  const isVersionAssumed = request.istioVersion === undefined && spec.istioVersion === undefined;
  const istioVersion = isVersionAssumed ? KNOWN_ISTIO_VERSIONS.at(-1) : request.istioVersion;
  const { input } = toPlanInput(reader, spec, at?.resources ?? world.resources, istioVersion);
  const known = [...world.diagnostics, ...reader.findings.diagnostics];
  if (hasErrors(known)) return { explanation: null, diagnostics: known };
  const { explanation: way, diagnostics } = explainPath(input, questionOf(request, isVersionAssumed));
  const moment = at?.moment ?? null;
  const explanation =
    way === null || at === null || moment === null
      ? way
      : { ...way, at: { ...moment, conditions: at.conditionsOn(way) } };
  return { explanation, diagnostics: [...known, ...diagnostics] };
}

function questionOf({ from, to, method, headers }: ExplainRequest, isVersionAssumed: boolean): Question {
  return { from, to, method, path: parseDialTarget(to)?.path || '/', headers, isVersionAssumed };
}

interface World {
  readonly scenario: Pick<Written, 'raw' | 'document' | 'files'> | null;
  readonly resources: ResourceSet | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The mesh of the paths; the scenario that was named, else the one among them, else an empty one. */
function worldOf(mesh: ReadPaths, named: ReadPaths | null): World {
  const none = (diagnostics: readonly Diagnostic[]): World => ({ scenario: null, resources: null, diagnostics });
  if (mesh.kind === 'failed') return none(mesh.diagnostics);
  const told = mesh.kind === 'mesh' ? mesh.gathered.diagnostics : mesh.diagnostics;
  const diagnostics = mesh.kind === 'mesh' ? [...told, ...mesh.resources.diagnostics] : told;
  if (named?.kind === 'failed') return none([...diagnostics, ...named.diagnostics]);
  if (named?.kind === 'mesh') return none([...diagnostics, noScenario(named)]);
  const found = named ?? (mesh.kind === 'scenario' ? mesh : null);
  const scenario =
    found === null ? emptyScenario() : { raw: found.raw, document: found.document, files: filesOf(mesh, found) };
  return { scenario, resources: mesh.resources, diagnostics };
}

/** What the timeline applies is laid over the mesh of the paths; of a mesh whose documents nobody has kept nothing can be. */
function filesOf(
  mesh: Exclude<ReadPaths, { kind: 'failed' }>,
  scenario: Extract<ReadPaths, { kind: 'scenario' }>,
): Written['files'] {
  return mesh.kind === 'scenario' ? { ...mesh.files, named: scenario.files.named } : null;
}

function emptyScenario(): NonNullable<World['scenario']> {
  const [raw] = parseDocuments({ name: COMMAND_LINE, text: EMPTY });
  return { files: null, raw: raw!, document: { apiVersion: 'seatrial.dev/v1alpha1', kind: 'Scenario' } };
}

function noScenario({ gathered }: Extract<ReadPaths, { kind: 'mesh' }>): Diagnostic {
  const file = gathered.texts[0]?.name ?? COMMAND_LINE;
  return {
    code: 'no-scenario',
    severity: 'error',
    position: { file, line: 1, column: 1 },
    message: `${file} holds no Scenario`,
    hint: 'leave --scenario out: the YAML alone is enough',
  };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
