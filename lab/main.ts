// `npm run lab [case …]`: records the cases whose names hold one of the words (all without), compares them with the simulation, and writes the
// ledger of all recordings anew. `npm run lab -- --ledger` only writes the ledger.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './cases/index.js';
import { findEnvoy, NO_ENVOY } from './envoy.js';
import { type Entry, entryOf, ledgerText } from './ledger.js';
import { record } from './record.js';
import { readRecording, writeRecording } from './recordings.js';

const ROOT = join(import.meta.dirname, '../..');
const LEDGER_ONLY = '--ledger';
const GOOD = 0;
const USAGE = 2;

async function main(words: readonly string[]): Promise<number> {
  if (!words.includes(LEDGER_ONLY)) {
    const binary = findEnvoy();
    if (binary === null) {
      process.stderr.write(`${NO_ENVOY}\n`);
      return USAGE;
    }
    const chosen = CASES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
    if (chosen.length === 0) {
      process.stderr.write(`no such case; there are: ${CASES.map(({ name }) => name).join(', ')}\n`);
      return USAGE;
    }
    for (const lab of chosen) {
      const recording = await record(binary, lab);
      writeRecording(ROOT, recording);
      print(entryOf(lab, recording));
    }
  }
  const entries = CASES.flatMap((lab) => {
    const recording = readRecording(ROOT, lab.name);
    return recording === null ? [] : [entryOf(lab, recording)];
  });
  writeFileSync(join(ROOT, 'docs/ledger.md'), ledgerText(entries));
  return GOOD;
}

function print({ lab, comparisons }: Entry): void {
  process.stdout.write(`${lab.name}\n`);
  for (const { check, envoy, ours, agrees } of comparisons) {
    process.stdout.write(`  ${agrees ? 'ok  ' : 'MISS'} ${check.name}: ${envoy.join(' | ')}; simulated ${ours}\n`);
  }
}

// Whoever interrupts it leaves no Envoy behind: what it has started ends when it exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
