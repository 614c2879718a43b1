// results.json says once what is the same for most, and is read back to the same result.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { csvFiles } from '../../../reports/csv.js';
import { stableJson } from '../../../reports/json.js';
import { resultsJson } from '../../../reports/results.js';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import { readCollection, writeCollection } from '../../../scenarios/result/collections.js';
import { usualOf } from '../../../scenarios/result/likeness.js';
import { readRunResult } from '../../../scenarios/result/read-result-file.js';
import { RESULT_FILE_SCHEMA } from '../../../scenarios/result/result-file.js';
import type { RunResult } from '../../../scenarios/result/run-result.js';
import { runScenario } from '../../../scenarios/run.js';
import { RESULT } from '../../reports/fixture.js';

const SHOP = join(import.meta.dirname, '../../../examples/shop');

async function shop(): Promise<RunResult> {
  const { plan, relative } = loadScenario(SHOP);
  if (plan === null || relative === null) throw new Error('the shop cannot be read');
  const run = { ...relative.scenario.run, replications: 2, durationNs: 3e9, warmupNs: 1e9, intervalNs: 1e8 };
  const { result } = await runScenario(
    { plan, relative: { ...relative, scenario: { ...relative.scenario, run } } },
    { workers: 0 },
  );
  return result!;
}

describe('results.json', () => {
  test('is read back to the result that it was written from', async () => {
    const result = await shop();
    const text = resultsJson(result);
    expect(readRunResult(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(result)));
    expect(resultsJson(readRunResult(JSON.parse(text)))).toBe(text);
    expect(readRunResult(JSON.parse(resultsJson(RESULT)))).toEqual(RESULT);
  });

  test('of a run with a timeline is read back too; an empty timeline changes no byte', async () => {
    const words = readFileSync(join(SHOP, 'scenario.yaml'), 'utf8').replace('duration: 60s', 'duration: 2s');
    const result = async (timeline: string): Promise<RunResult> => {
      const folder = mkdtempSync(join(tmpdir(), 'seatrial-timeline-'));
      cpSync(SHOP, folder, { recursive: true });
      writeFileSync(join(folder, 'scenario.yaml'), words.replace('\n  defaults:', `${timeline}\n  defaults:`));
      const { plan, relative } = loadScenario(folder, { replications: 2 });
      rmSync(folder, { recursive: true });
      if (plan === null || relative === null) throw new Error('the shop cannot be read');
      return (await runScenario({ plan, relative }, { workers: 0 })).result!;
    };
    const killed = await result('\n  timeline: [{ at: 500ms, kill: { workload: storefront.chandlery, pods: 1 } }]\n');
    const text = resultsJson(killed);
    expect(killed.phases?.map(({ name }) => name)).toEqual(['before', 'after kill 1 pod of storefront.chandlery']);
    expect(killed.happenings?.map(({ kind }) => kind)).toContain('pod killed');
    expect(text).not.toContain(tmpdir());
    expect(readRunResult(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(killed)));
    expect(resultsJson(readRunResult(JSON.parse(text)))).toBe(text);
    expect(Object.keys(csvFiles(killed))).toContain('phases.csv');
    const atTheSameLines = (timeline: string): Promise<string> => result(timeline).then(resultsJson);
    expect(await atTheSameLines('\n  timeline: []')).toBe(await atTheSameLines('\n'));
  });

  test('of a mesh of ordinary size holds every field where a program looks for it', async () => {
    const result = await shop();
    const file = JSON.parse(resultsJson(result)) as RunResult;
    const { traffic, services, edges, clusters, series } = JSON.parse(JSON.stringify(result)) as RunResult;
    expect(file).toMatchObject({ traffic, services, edges, clusters, series });
  });

  test('of a large mesh is short, and is read back as well', async () => {
    const small = await shop();
    const large = { ...small, edges: Array.from({ length: 40 }, () => small.edges).flat() };
    const text = resultsJson(large);
    expect(text.length - resultsJson(small).length).toBeLessThan(
      (stableJson(large).length - stableJson(small).length) / 2,
    );
    expect(readRunResult(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(large)));
  });

  test('of an earlier release and a result that is JSON as it is are read too; of another version it is said', () => {
    expect(readRunResult(JSON.parse(JSON.stringify(RESULT)))).toEqual(RESULT);
    expect(() => readRunResult({ ...RESULT, schema: 'seatrial.results/3' })).toThrow(
      'results of the schema seatrial.results/3: this Seatrial reads seatrial.results/2 and seatrial.results/1',
    );
    const file = JSON.parse(resultsJson(RESULT)) as object;
    expect(() => readRunResult({ ...file, host: 'laptop' })).toThrow('host');
    for (const value of [null, 1, 'x', [], {}]) expect(() => readRunResult(value)).toThrow();
  });

  test('a field that no member has is in no place that a reader could take for it', () => {
    const file = JSON.parse(resultsJson(RESULT)) as { schema: string; usual: object };
    expect(file.schema).toBe(RESULT_FILE_SCHEMA);
    expect(Object.keys(file.usual)).toContain('edges.rows');
  });
});

describe('a list', () => {
  test('what more than half have is said once, also below a field', () => {
    const members = [1, 1, 2].map((n) => ({ name: `m${n}`, at: { x: n, y: 0 }, list: [n] }));
    expect(writeCollection(members, { name: 'list', parts: null })).toEqual({
      members: [{}, {}, { name: 'm2', at: { x: 2 }, list: [2] }],
      usual: { name: 'm1', at: { x: 1, y: 0 }, list: [1] },
      usualOfParts: {},
      likeWhole: [],
    });
  });

  test('half is not most, and one member has no usual', () => {
    expect(usualOf([{ a: 1 }, { a: 2 }])).toEqual({});
    expect(usualOf([{ a: 1 }])).toEqual({});
  });

  test('a part says nothing that its whole says', () => {
    const members = [
      { name: 'a', rate: 1, of: [{ name: 'a1', rate: 1 }] },
      {
        name: 'b',
        rate: 2,
        of: [
          { name: 'b1', rate: 2 },
          { name: 'b2', rate: 3 },
        ],
      },
    ];
    const written = writeCollection(members, { name: 'list', parts: 'of' });
    expect(written.likeWhole).toEqual(['name', 'rate']);
    expect(written.members).toEqual([
      { name: 'a', rate: 1, of: [{ name: 'a1' }] },
      { name: 'b', rate: 2, of: [{ name: 'b1' }, { name: 'b2', rate: 3 }] },
    ]);
    expect(readCollection(written, { name: 'list', parts: 'of' })).toEqual(members);
  });

  const latency = fc.record({ n: fc.integer({ min: 0, max: 2 }), p50: fc.constantFrom(null, { v: 1 }, { v: 2 }) });
  const flow = fc.record({ latency, goodLatency: latency });
  const part = fc.record(
    {
      name: fc.constantFrom('a', 'b', 'toString'),
      rate: fc.constantFrom(0, 0, 0, 1, null),
      counts: fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), fc.integer({ min: 0, max: 1 })),
      flow: fc.option(flow),
      list: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'rate'] },
  );
  const member = fc.tuple(part, fc.array(part, { maxLength: 3 })).map(([own, parts]) => ({ ...own, parts }));

  property.prop([fc.array(member, { maxLength: 6 })])('is read back as it was, whatever its members lack', (list) => {
    const collection = { name: 'list', parts: 'parts' };
    const members = JSON.parse(JSON.stringify(list)) as typeof list;
    const written = JSON.parse(JSON.stringify(writeCollection(members, collection)));
    expect(readCollection(written, collection)).toEqual(members);
  });
});
