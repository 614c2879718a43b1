// results.json: the same result gives the same bytes, and the hash of the bytes is the run's fingerprint.
import { createHash } from 'node:crypto';
import { resultFile } from '../scenarios/result/result-file.js';
import type { RunResult } from '../scenarios/result/run-result.js';
import { stableJson } from './json.js';

/** Characters up to which an object or a list stands on one line. */
const WIDTH = 120;

/** The text of results.json. */
export function resultsJson(result: RunResult): string {
  return stableJson(resultFile(result), WIDTH);
}

/** SHA-256 in hexadecimal. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
