// Valid mutations of the examples, from end to end: some of those of `npm run validate`, which makes 20,000 and looks at time and memory too.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { examplesOf } from '../../validate/applications.js';
import { FullRuns } from '../../validate/full-run.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNS = 40;

test('mutated examples run, or say with a place why not', async () => {
  const runs = new FullRuns(examplesOf(ROOT));
  let ran = 0;
  for (let number = 0; number < RUNS; number++) {
    const outcome = await runs.run(number);
    if (outcome.kind === 'fault') expect.fail(`run ${number} of ${runs.nameOf(number)}: ${outcome.words}`);
    if (outcome.kind === 'ran') ran += 1;
  }
  expect(ran).toBeGreaterThan(RUNS / 2);
}, 900_000);
