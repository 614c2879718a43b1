// What `run` and `diff` say of a pair of worlds with known truth.
import { expect } from 'vitest';
import { headlineSentence } from '../../../reports/diff/headline.js';
import type { DiffOutcome } from '../../../scenarios/compare/run-diff.js';
import { runDiff } from '../../../scenarios/compare/run-diff.js';
import { loadMesh } from '../../../scenarios/library.js';
import type { Comparison, DiffSubject } from '../../../scenarios/result/diff-result.js';
import { type KnownPair, SCENARIO, WORLD } from './verdicts-table.js';

export async function outcomeOf({ before = '', after = '', edit, scenario }: KnownPair): Promise<DiffOutcome> {
  const load = (yaml: string) =>
    loadMesh([{ name: 'mesh.yaml', text: yaml }], { scenario: { ...SCENARIO, ...scenario } });
  const isRule = before.includes('name: subsets') || after.includes('name: subsets');
  const base = isRule && before.includes('name: subsets') ? edit!(WORLD) : WORLD;
  return await runDiff([load(base + before), load((edit?.(WORLD) ?? WORLD) + after)], { workers: 0, replications: 5 });
}

const EXIT = { outage: 1, regression: 1, inconclusive: 4, recovery: 0, 'no-regression': 0, same: 0 } as const;

export async function expectKnown(pair: KnownPair): Promise<void> {
  const { result, exitCode, runs } = await outcomeOf(pair);
  const [comparison] = result!.comparisons;
  const said = headlineSentence(comparison);
  expect([comparison.headline.kind, exitCode], `${said}`).toEqual([pair.kind, EXIT[pair.kind]]);
  if (pair.says !== undefined) expect(said).toMatch(pair.says);
  else expect(said).toBe('');
  if (pair.finding !== undefined) expect(runs[1].findings[0]?.code, runs[1].findings[0]?.sentence).toBe(pair.finding);
  expectSound(comparison);
}

/** What holds of every comparison. */
function expectSound({ metrics, facts, success }: Comparison): void {
  const isLost = success.some(({ verdict }) => verdict === 'worse');
  for (const { subject, metric, verdict, base, candidate, unit } of metrics) {
    // Where an outage takes half of the good answers, no client's latency is better for it; where one ends, none is worse.
    const shares = success.find((own) => subject.kind === 'request' && own.request === subject.request);
    const [good, now] = [shares?.base.good ?? 1, shares?.candidate.good ?? 1];
    if (unit === 'ms' && Math.min(good, now) <= Math.max(good, now) / 2) expect(verdict).toBe('not-comparable');
    if (isLost && metric === 'errors') expect(verdict).not.toBe('better');
    if (verdict === 'new') expect([base, metric === 'offered']).toEqual([null, false]);
    if (verdict === 'gone') expect(candidate).toBeNull();
  }
  const told = facts.flatMap((fact) => fact.metrics);
  expect(new Set(told).size).toBe(told.length);
  for (const { verdict, metrics: own } of facts.filter(({ cause }) => cause !== null)) {
    const depths = own.map((index) => depthOf(metrics[index].subject));
    expect(depths, verdict).toEqual(depths.toSorted((a, b) => b - a));
  }
}

/** In the world of the table: web → api → db. */
function depthOf(subject: DiffSubject): number {
  const names = ['web', 'shoppers', 'api', 'db'];
  switch (subject.kind) {
    case 'service':
      return names.indexOf(subject.service) * 2;
    case 'edge':
    case 'edge-request':
      return names.indexOf(subject.to) * 2 - 1;
    default:
      return 0;
  }
}
