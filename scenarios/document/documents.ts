// Texts → documents, each text parsed once, however many readers ask for it: a folder is read for the scenario in it, and again for the mesh that the
// scenario names.
import { fieldOf, type RawDocument } from '../../models/config/document.js';
import { OWN_GROUP } from '../../models/config/load.js';
import { type ParseOptions, parseDocuments } from '../../models/config/parse.js';
import type { NamedText } from '../../models/config/resource.js';
import { SCENARIO_KIND } from './schema.js';

export class ParsedTexts {
  /** By name; one name may have had another text before. */
  private readonly parsed = new Map<string, { readonly text: string; readonly documents: readonly RawDocument[] }>();

  constructor(private readonly options: ParseOptions = {}) {}

  /** The documents of texts, in their order. */
  of(texts: readonly NamedText[]): RawDocument[] {
    return texts.flatMap((text) => this.ofText(text));
  }

  private ofText(named: NamedText): readonly RawDocument[] {
    const { name, text } = named;
    const known = this.parsed.get(name);
    if (known?.text === text) return known.documents;
    const documents = [...parseDocuments(named, this.options)];
    this.parsed.set(name, { text, documents });
    return documents;
  }
}

/** Those of kind Scenario. */
export function scenariosIn(documents: readonly RawDocument[]): RawDocument[] {
  return documents.filter(({ value }) => {
    const apiVersion = fieldOf(value, 'apiVersion');
    return (
      typeof apiVersion === 'string' && apiVersion.startsWith(OWN_GROUP) && fieldOf(value, 'kind') === SCENARIO_KIND
    );
  });
}
