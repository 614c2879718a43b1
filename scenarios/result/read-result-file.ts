// results.json read back.

import { resultFileSchema } from './file-schema.js';
import type { JsonObject } from './likeness.js';
import { RESULT_FILE_SCHEMA, resultOfFile } from './result-file.js';
import { resultSchema } from './result-schema.js';
import { RESULT_SCHEMA, type RunResult } from './run-result.js';

/**
 * A result read back from JSON: from results.json (`seatrial.results/2`), from that of releases before (`seatrial.results/1`), and from a `RunResult`
 * that was made JSON as it is.
 * @throws Error for another version; z.ZodError for anything that is not a result of the version that it names.
 */
export function readRunResult(value: unknown): RunResult {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (schema === RESULT_FILE_SCHEMA) {
    const file = resultFileSchema.parse(value) as unknown as JsonObject;
    return resultSchema.parse({ ...resultOfFile(file), schema: RESULT_SCHEMA });
  }
  if (typeof schema === 'string' && schema !== RESULT_SCHEMA)
    throw new Error(`results of the schema ${schema}: this Seatrial reads ${RESULT_FILE_SCHEMA} and ${RESULT_SCHEMA}`);
  return resultSchema.parse(value);
}
