// What the report carries, read once.
import type { DiffResult } from '../../../scenarios/result/diff-result.js';
import type { RunResult } from '../../../scenarios/result/run-result.js';
import { unpack } from '../pack.js';

export function readRun(): RunResult {
  return readData() as RunResult;
}

export function readDiff(): DiffResult {
  return readData() as DiffResult;
}

function readData(): unknown {
  return unpack(document.getElementById('data')?.textContent ?? 'null');
}
