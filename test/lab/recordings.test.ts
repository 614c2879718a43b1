// Each case of the lab, simulated now, beside its recording of a real Envoy: what agreed must agree, and a difference that is known must be there
// still (else its reason is out of date). Simulations have fixed seeds, so that no chance is left.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LabCase } from '../../lab/case.js';
import { CASES } from '../../lab/cases/index.js';
import { type Entry, entryOf, ledgerText } from '../../lab/ledger.js';
import type { Recording } from '../../lab/observation.js';
import { readRecording } from '../../lab/recordings.js';
import { ROOT } from '../cli/script.js';

const entries = new Map<string, Entry>();

/** Each case is simulated once. */
function entryFor(lab: LabCase): Entry {
  const recording = readRecording(ROOT, lab.name);
  if (recording === null) throw new Error(`there is no recording: npm run lab ${lab.name}`);
  const entry = entries.get(lab.name) ?? entryOf(lab, recording);
  entries.set(lab.name, entry);
  return entry;
}

test.each(CASES.map((lab) => ({ lab, name: lab.name })))('$name', ({ lab }) => {
  const wrong = entryFor(lab)
    .comparisons.filter(({ agrees, check }) => agrees === (check.known !== undefined))
    .map(
      ({ check, envoy, ours, agrees }) =>
        `${check.name}: Envoy ${envoy.join(' | ')}, simulated ${ours}, ${agrees ? 'agrees' : 'differs'}`,
    );
  expect(wrong).toEqual([]);
});

test('the ledger is what the recordings say (npm run lab -- --ledger)', () => {
  expect(readFileSync(join(ROOT, 'docs/ledger.md'), 'utf8')).toBe(ledgerText(CASES.map(entryFor)));
});

test('every recording belongs to a case, and holds the runs that it asks for', () => {
  const folder = join(ROOT, 'lab/recordings');
  expect(existsSync(folder)).toBe(true);
  for (const file of readdirSync(folder)) {
    const recording = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording;
    const lab = CASES.find(({ name }) => `${name}.json` === file);
    expect(lab, file).toBeDefined();
    expect(recording.schema).toBe('seatrial.lab/1');
    expect(recording.runs).toHaveLength(lab?.runs ?? 3);
  }
});
