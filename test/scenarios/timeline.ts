// Entries of a timeline as text, and what is read from them.
import { expect } from 'vitest';
import type { TimelineInput } from '../../models/plan/settings/timeline-input.js';
import { readTimeline } from '../../scenarios/reading/timeline.js';
import { placed, readSpec } from './fixtures.js';

/** Ten minutes. */
export const END_NS = 600e9;

/** The entries that stand in lines 7 and following, each after `    - `; and what is said about them. */
export function read(...entries: readonly string[]) {
  return readIn(`  timeline:\n${entries.map((entry) => `    - ${entry}`).join('\n')}`);
}

export function readIn(spec: string, endNs = END_NS) {
  const { spec: given, reader } = readSpec(spec);
  const timeline = readTimeline(reader, given, endNs, null);
  const { diagnostics } = reader.findings;
  return { timeline, diagnostics, said: diagnostics.map(({ message }) => message), places: placed(diagnostics) };
}

/** The only entry, without a word about it. */
export function one(entry: string): TimelineInput {
  const { timeline, said } = read(entry);
  expect(said).toEqual([]);
  expect(timeline).toHaveLength(1);
  return timeline[0];
}
