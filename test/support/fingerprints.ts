// For scripts/fingerprints.mjs: each result that a test simulates leaves a line, its name (test, and number within it) and its hash.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { MeshSimulation } from '../../models/mesh/run/simulation.js';

const FOLDER = process.env.SEATRIAL_FINGERPRINTS;

if (FOLDER !== undefined) {
  const { result } = MeshSimulation.prototype;
  const numbers = new Map<string, number>();
  MeshSimulation.prototype.result = function (this: MeshSimulation) {
    const found = result.call(this);
    const { currentTestName = 'before any test', testPath = '' } = expect.getState();
    const file = testPath.split('/').at(-1)!;
    const test = `${file} ${currentTestName.replaceAll(/\s+/g, ' ')}`;
    const number = (numbers.get(test) ?? 0) + 1;
    numbers.set(test, number);
    const hash = createHash('sha256').update(JSON.stringify(found)).digest('hex').slice(0, 16);
    appendFileSync(join(FOLDER, `${file}.txt`), `${test} #${number}\t${hash}\n`);
    return found;
  };
}
