// No scenario was given: one is guessed from the mesh's YAML, as text, and read back like any other. Pure: no files.
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import type { ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { NamedText } from '../../models/config/resource.js';
import type { ScenarioDocument } from '../schema.js';
import { validateScenario } from '../validate.js';
import { composeDraft } from './draft/compose.js';
import type { Draft } from './draft/draft.js';
import { guessEntries } from './draft/guesses.js';
import { type WriteOptions, writeScenario } from './draft/write.js';
import { LOOKED_FOR } from './entries/entries.js';
import { looseObjects } from './loose.js';
import { Survey } from './survey.js';

export interface InferOptions extends WriteOptions {
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
  const survey = new Survey(resources, looseObjects(documents));
  const draft = composeDraft(survey);
  if (draft === null) return { kind: 'nothing', diagnostic: nothingFound(survey, texts) };
  const text = writeScenario(draft, options);
  const [raw] = parseDocuments({ name: options.file, text });
  const { document, diagnostics } = validateScenario(raw!);
  if (document === null) throw new Error(`an inferred scenario is not valid: ${JSON.stringify(diagnostics)}\n${text}`);
  return {
    kind: 'inferred',
    draft,
    text,
    raw: raw!,
    document,
    diagnostic: inferred(draft),
    fidelity: guessEntries(draft),
  };
}

function inferred({ traffic, edges }: Draft): Diagnostic {
  const sources = traffic.map(({ name, to }) => `${name} → ${to}`).slice(0, 3);
  const more = traffic.length > sources.length ? `, and ${traffic.length - sources.length} more` : '';
  return {
    code: 'inferred-scenario',
    severity: 'warning',
    position: null,
    message: `there is no scenario: traffic (${sources.join(', ')}${more}), ${edges.length} calls and the work of all services are guesses`,
    hint: 'seatrial init DIR writes it down for you to correct',
  };
}

function nothingFound(survey: Survey, texts: readonly NamedText[]): Diagnostic {
  const at: SourcePosition | null = texts[0] === undefined ? null : { file: texts[0].name, line: 1, column: 1 };
  return {
    code: 'no-entry-point',
    severity: 'error',
    position: at,
    message: `there is no scenario, and no traffic can be guessed from ${survey.services.length} services and ${survey.workloads.length} workloads: looked for ${LOOKED_FOR}`,
    hint: 'write a scenario (apiVersion: seatrial.dev/v1alpha1, kind: Scenario) with the traffic to simulate',
  };
}
