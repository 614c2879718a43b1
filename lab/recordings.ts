// The recordings of the cases: files in lab/recordings, one a case.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from './observation.js';

/** @param root of the checkout */
export function readRecording(root: string, name: string): Recording | null {
  const file = fileOf(root, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : null;
}

export function writeRecording(root: string, recording: Recording): void {
  mkdirSync(join(root, 'lab/recordings'), { recursive: true });
  // A sample stands on one line.
  const text = JSON.stringify(recording, null, 2).replace(/\[[\s\d.,]+\]/g, (list) => list.replace(/\s+/g, ' '));
  writeFileSync(fileOf(root, recording.case), `${text}\n`);
}

function fileOf(root: string, name: string): string {
  return join(root, 'lab/recordings', `${name}.json`);
}
