// Nodes of a scenario: what their words mean, and what is said of wrong ones.
import { describe, expect, it } from 'vitest';
import { readNodes } from '../../../scenarios/reading/nodes.js';
import { placed, readSpec } from '../fixtures.js';

function read(...nodes: readonly string[]) {
  const { spec, reader } = readSpec(`  nodes:\n${nodes.map((node) => `    - ${node}`).join('\n')}`);
  const list = readNodes(reader, spec.nodes);
  const { diagnostics } = reader.findings;
  return { list, said: diagnostics.map(({ message }) => message), places: placed(diagnostics) };
}

describe('nodes', () => {
  it('of a pool, over zones, with labels and taints', () => {
    const { list, said } = read(
      "{ pool: db, count: 3, cpu: 3920m, memory: 15GiB, zone: [r/a, b], labels: { disk: ssd }, taints: ['own=db:NoSchedule', 'x:NoExecute'] }",
    );
    expect(said).toEqual([]);
    expect(list).toMatchObject([
      {
        name: 'db',
        count: 3,
        cpuMilli: 3920,
        memoryBytes: 15 * 1024 ** 3,
        zones: [
          { region: 'r', zone: 'a' },
          { region: '', zone: 'b' },
        ],
        labels: { disk: 'ssd' },
        taints: [
          { key: 'own', value: 'db', effect: 'NoSchedule' },
          { key: 'x', value: '', effect: 'NoExecute' },
        ],
      },
    ]);
  });

  it('of a pool that grows: to how many, and how soon', () => {
    const { list, said } = read(
      '{ pool: a, count: 3, max: 10, boots: 90s, cpu: 4, memory: 1GiB }',
      '{ pool: b, max: 1, cpu: 4, memory: 1GiB }',
      '{ pool: c, cpu: 4, memory: 1GiB }',
    );
    expect(said).toEqual([]);
    expect(list.map(({ grows }) => grows)).toEqual([{ max: 10, bootsNs: 90e9 }, { max: 1, bootsNs: 180e9 }, null]);
  });

  it.each([
    ['{ name: a, max: 2, cpu: 4, memory: 1GiB }', 'only a pool grows'],
    ['{ pool: a, count: 3, max: 2, cpu: 4, memory: 1GiB }', 'expected at least 3, found 2'],
    ['{ pool: a, boots: 90s, cpu: 4, memory: 1GiB }', 'no node is added'],
    ['{ cpu: 4, memory: 1GiB }', 'expected exactly one of name and pool'],
    ['{ name: a, pool: b, cpu: 4, memory: 1GiB }', 'expected exactly one of name and pool'],
    ['{ name: a, count: 2, cpu: 4, memory: 1GiB }', 'several nodes have one name'],
    ['{ name: a, cpu: four, memory: 1GiB }', 'expected CPUs such as 4 or 3920m, found "four"'],
    ['{ name: a, cpu: 4, memory: 1GiB, taints: [x] }', 'expected a taint such as dedicated=db:NoSchedule, found "x"'],
  ])('%s is wrong', (node, message) => {
    expect(read(node).said).toEqual([expect.stringContaining(message)]);
  });

  it('two of one name', () => {
    const { said } = read('{ name: a, cpu: 4, memory: 1GiB }', '{ pool: a, cpu: 4, memory: 1GiB }');
    expect(said).toEqual([expect.stringContaining('the name a is already taken')]);
  });
});
