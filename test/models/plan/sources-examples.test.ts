// Every part of the plans of the examples has its sources, at places in the files of the example.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FieldSource } from '../../../models/plan/contract/sources.js';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const SCENARIOS = [
  ...['ambient', 'minimal', 'networks', 'shop'],
  ...readdirSync(join(EXAMPLES, 'incidents'), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [`incidents/${entry.name}`] : [],
  ),
];

/** An incident has a folder of its own for the other side of the story. */
function loadExample(name: string) {
  const directory = join(EXAMPLES, name);
  return loadScenario(
    name.startsWith('incidents/') ? [join(directory, 'scenario.yaml'), join(directory, 'mesh.yaml')] : directory,
  );
}

/** All sources in a value, however deep. */
function all(value: unknown): FieldSource[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('object' in value && 'position' in value) return [value as FieldSource];
  return Object.values(value).flatMap(all);
}

describe('the examples', () => {
  test.each(SCENARIOS)('%s: one for each part of the plan, in a file of the example', (name) => {
    const { plan, sources, relative, resources } = loadExample(name);
    expect(sources!.workloads.length).toBe(plan!.workloads.length);
    expect(sources!.clusters.length).toBe(plan!.clusters.length);
    expect(sources!.filters.length).toBe(plan!.filters?.length ?? 0);
    expect(sources!.sites.length).toBe(plan!.sites.length);
    expect(sources!.clusters.map(({ unreachable }) => unreachable.length)).toEqual(
      plan!.clusters.map(({ groups }) => groups.length),
    );
    const files = new Set(resources!.objects.map(({ document }) => document.file));
    files.add(join(EXAMPLES, name, 'scenario.yaml'));
    const found = all(sources);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ position }) => position === null || !files.has(position.file))).toEqual([]);
    const shown = all(relative!.sources).map(({ position }) => position!.file);
    expect(shown.filter((file) => file.startsWith('/') || file.startsWith('..'))).toEqual([]);
  });

  test('a scenario says workers and work; a change on the command line has a place of its own', () => {
    const { plan, sources } = loadScenario(join(EXAMPLES, 'shop'));
    const work = all(sources!.workloads.map((own) => own.work));
    expect(work.length).toBeGreaterThan(0);
    expect(work.every(({ object, position }) => object.startsWith('Scenario ') && position !== null)).toBe(true);
    expect(plan!.workloads.length).toBeGreaterThan(0);
  });
});
