// No scenario was given: one is guessed from the mesh's YAML, as text, and read back like any other. Pure: no files.
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { loadResources, type ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { NamedText } from '../../models/config/resource.js';
import { isLinkerdAlone } from '../../models/plan/settings/assumed-mesh.js';
import type { ScenarioDocument } from '../document/schema.js';
import { validateScenario } from '../document/validate.js';
import { type Topology, topologiesIn } from './discover/isotope.js';
import { composeDraft } from './draft/compose.js';
import type { Draft } from './draft/draft.js';
import { guessEntries } from './draft/guesses.js';
import { topologyDraft, topologyObjects } from './draft/topology.js';
import { type WriteOptions, writeScenario } from './draft/write.js';
import { LOOKED_FOR } from './entries/entries.js';
import { looseObjects } from './loose.js';
import { Survey } from './survey.js';

export interface InferOptions extends Omit<WriteOptions, 'isLinkerds'> {
  /** Name of the text that is made: the file that `seatrial init` would write. */
  readonly file: string;
}

export type Inference =
  | {
      readonly kind: 'inferred';
      readonly draft: Draft;
      /** What `seatrial init` writes. */
      readonly text: string;
      readonly raw: RawDocument;
      /** The mesh, with the objects that the text brings along. */
      readonly resources: ResourceSet;
      readonly document: ScenarioDocument;
      /** Says that the scenario is a guess. */
      readonly diagnostic: Diagnostic;
      /** The guesses that matter, each with its evidence. */
      readonly fidelity: readonly FidelityEntry[];
    }
  | { readonly kind: 'nothing'; readonly diagnostic: Diagnostic };

/**
 * Guesses a scenario. `texts` are those that `resources` was read from.
 * @throws if what was written is no scenario, which is a fault of ours
 */
export function inferScenario(texts: readonly NamedText[], resources: ResourceSet, options: InferOptions): Inference {
  const documents = texts.flatMap((text) => [...parseDocuments(text)]);
  const topologies = resources.services.length === 0 ? topologiesIn(documents) : [];
  const survey =
    topologies[0] === undefined ? new Survey(resources, looseObjects(documents)) : topologySurvey(topologies[0]);
  const draft = topologies.length === 0 ? composeDraft(survey) : topologyDraft(topologies, survey);
  if (draft === null) return { kind: 'nothing', diagnostic: nothingFound(survey, texts) };
  const text = writeScenario(draft, {
    ...options,
    mesh: meshWithOwn(draft, options),
    isLinkerds: isLinkerdAlone(resources),
  });
  const [raw] = parseDocuments({ name: options.file, text });
  const { document, diagnostics } = validateScenario(raw!);
  if (document === null) throw new Error(`an inferred scenario is not valid: ${JSON.stringify(diagnostics)}\n${text}`);
  const own =
    draft.objects.length > 0 ? loadResources([...texts, { name: options.file, text }], { leaveOut: true }) : resources;
  return {
    kind: 'inferred',
    draft,
    text,
    raw: raw!,
    resources: own,
    document,
    diagnostic: inferred(draft),
    fidelity: guessEntries(draft),
  };
}

function topologySurvey(topology: Topology): Survey {
  return new Survey(loadResources([{ name: '', text: topologyObjects(topology).join('\n---\n') }]), []);
}

/** Objects that stand in the scenario's own file are part of the mesh. */
function meshWithOwn({ objects }: Draft, { mesh, file }: InferOptions): readonly string[] {
  if (objects.length === 0 || mesh.includes('./')) return mesh;
  return [...mesh, `./${file.split(/[\\/]/).at(-1)}`];
}

function inferred({ traffic, callCount }: Draft): Diagnostic {
  const sources = traffic.map(({ name, to }) => `${name} → ${to}`).slice(0, 3);
  const more = traffic.length > sources.length ? `, and ${traffic.length - sources.length} more` : '';
  return {
    code: 'inferred-scenario',
    severity: 'warning',
    position: null,
    message: `there is no scenario: traffic (${sources.join(', ')}${more}), ${callCount} ${callCount === 1 ? 'call' : 'calls'} and the work of all services are guesses`,
    hint: 'seatrial init DIR writes it down for you to correct',
  };
}

function nothingFound(survey: Survey, texts: readonly NamedText[]): Diagnostic {
  const at: SourcePosition | null = texts[0] === undefined ? null : { file: texts[0].name, line: 1, column: 1 };
  const { services, workloads } = survey;
  const common = { code: 'no-entry-point', severity: 'error', position: at } as const;
  if (services.length + workloads.length === 0) {
    const hides = texts.length === 1 && /(^|[\\/])scenario\.yaml$/.test(at?.file ?? '');
    const where = texts.length === 1 ? 'this file holds' : `these ${texts.length} files hold`;
    return {
      ...common,
      message: `there is no scenario, and nothing to guess one from: ${where} no Service and no workload`,
      hint: hides
        ? 'this file is read in place of the YAML beside it: write the scenario here (apiVersion: seatrial.dev/v1alpha1, kind: Scenario), or remove the file'
        : 'name the folder with the YAML of the mesh; seatrial init DIR writes a scenario for it',
    };
  }
  return {
    ...common,
    message: `there is no scenario, and no traffic can be guessed from ${services.length} services and ${workloads.length} workloads: looked for ${LOOKED_FOR}`,
    hint: 'write a scenario (apiVersion: seatrial.dev/v1alpha1, kind: Scenario) with the traffic to simulate',
  };
}
