// `seatrial schema`: the JSON Schemas that are also committed under docs/schema.
import { explanationJsonSchema, resultsJsonSchema, scenarioJsonSchema } from '../scenarios/json-schemas.js';

export type SchemaName = 'scenario' | 'results' | 'explanation';

/** The schema as indented JSON, with a line break at its end. */
export function schemaText(name: SchemaName): string {
  return `${JSON.stringify(schemaOf(name), null, 2)}\n`;
}

function schemaOf(name: SchemaName): Readonly<Record<string, unknown>> {
  switch (name) {
    case 'scenario':
      return scenarioJsonSchema();
    case 'results':
      return resultsJsonSchema();
    case 'explanation':
      return explanationJsonSchema();
  }
}
