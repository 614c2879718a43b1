// Real YAML, and how much of it a run honours. The collection stands beside the repository, where somebody put it; without it these tests are
// skipped. UPDATE_DOCS=1 npx vitest run test/corpus/coverage.test.ts writes docs/coverage.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gather } from '../../scenarios/gather/gather.js';
import { type Count, type Coverage, countFields, emptyCoverage } from './coverage-count.js';
import { coveragePage, readCensus, totalOf, weighted } from './coverage-page.js';

const CORPUS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/coverage.md', import.meta.url));
const isPresent = existsSync(`${CORPUS}/census.md`);
if (!isPresent) console.warn('skipped: the collection of real manifests is not beside the repository');

function merged(counts: Iterable<Count>): Count {
  const byKind = new Map<string, Coverage>();
  const notModelled = new Map<string, number>();
  for (const count of counts) {
    for (const [kind, coverage] of count.byKind)
      byKind.set(kind, totalOf([byKind.get(kind) ?? emptyCoverage(), coverage]));
    for (const [field, times] of count.notModelled) notModelled.set(field, (notModelled.get(field) ?? 0) + times);
  }
  return { byKind, notModelled };
}

describe('counting', () => {
  const count = countFields([
    {
      name: 'f',
      text: [
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: s}',
        'spec: {ports: [{port: 80}], externalIPs: [1.2.3.4]}',
        '---',
        'apiVersion: v1',
        'kind: Secret',
        'metadata: {name: t}',
        'data: {a: YQ==}',
        '---',
        'apiVersion: example.com/v1',
        'kind: Odd',
        'spec: {a: [{b: 1}, {b: 2}]}',
        '',
      ].join('\n'),
    },
  ]);

  it('goes by what the fidelity list says', () => {
    expect(count.byKind.get('/Service')).toMatchObject({ documents: 1, read: 1, modelled: 3, notModelled: 1 });
    expect(count.byKind.get('/Secret')).toMatchObject({ read: 0, withoutPart: 2, notModelled: 0 });
    expect(count.byKind.get('example.com/Odd')).toMatchObject({ read: 0, notModelled: 4 });
    expect([...count.notModelled]).toEqual([
      ['/Service spec.externalIPs', 1],
      ['example.com/Odd (the whole)', 1],
    ]);
  });

  it('takes an element of a list that is left out with all of its fields', () => {
    const patches = countFields([
      {
        name: 'f',
        text: [
          'apiVersion: networking.istio.io/v1alpha3',
          'kind: EnvoyFilter',
          'metadata: {name: e}',
          'spec:',
          '  configPatches:',
          '  - applyTo: LISTENER',
          '    patch: {operation: REMOVE}',
          '  - applyTo: HTTP_FILTER',
          '    match: {listener: {filterChain: {filter: {subFilter: {name: f}}}}}',
          '    patch: {operation: REMOVE}',
          '',
        ].join('\n'),
      },
    ]);
    expect(patches.byKind.get('networking.istio.io/EnvoyFilter')).toMatchObject({ modelled: 11, notModelled: 3 });
    expect([...patches.notModelled]).toEqual([['networking.istio.io/EnvoyFilter spec.configPatches[]', 1]]);
  });

  it('weighs kinds as a census does', () => {
    const census = readCensus(
      '| group | kind |\n| core | Service | 30 | 2 | v1 30 |\n| example.com | Odd | 20 | 1 | v1 20 |\n',
    );
    expect(census.get('/Service')).toBe(30);
    const { fields, notModelled } = weighted(count, census, ['', 'example.com']);
    expect([fields, notModelled]).toEqual([30 * 4 + 20 * 4, 30 + 20 * 4]);
  });
});

describe.skipIf(!isPresent)('the coverage of real YAML', () => {
  const folders = isPresent ? readdirSync(CORPUS, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  const byFolder = new Map(
    folders
      .map(({ name }) => name)
      .sort()
      .map((name) => [name, countFields(gather([`${CORPUS}/${name}`]).texts)] as const),
  );
  const whole = merged(byFolder.values());
  const census = isPresent ? readCensus(readFileSync(`${CORPUS}/census.md`, 'utf8')) : new Map<string, number>();

  it('is what the page says', () => {
    const page = coveragePage(byFolder, whole, census);
    if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });

  it('does not fall', () => {
    expect(weighted(whole, census).honoured).toBeGreaterThanOrEqual(0.965);
  });
});
