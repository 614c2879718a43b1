// The published JSON Schemas: of the scenario file, for editors, and of results.json and the JSON of `explain`, for whoever reads them.
import * as z from 'zod/mini';
import { scenarioSchema } from './document/schema.js';
import { explanationSchema } from './explain/explain-schema.js';
import { resultFileSchema } from './result/file-schema.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema (2020-12) of a Scenario document. */
export function scenarioJsonSchema(): JsonSchema {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}

/** JSON Schema (2020-12) of `results.json`. */
export function resultsJsonSchema(): JsonSchema {
  return z.toJSONSchema(resultFileSchema, { io: 'input' });
}

/** JSON Schema (2020-12) of what `seatrial explain --json` prints. */
export function explanationJsonSchema(): JsonSchema {
  return z.toJSONSchema(explanationSchema, { io: 'input' });
}
