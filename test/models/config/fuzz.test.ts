// Whatever the input, loading ends without throwing, and every finding has a place inside its text.
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import { gather } from '../../../scenarios/gather/gather.js';
import { CHANGES, changedAt, MUTATION, mutate, TOKENS } from '../../support/mutations.js';
import { destinationRule, virtualService } from './helpers.js';

const SEEDS = [
  virtualService(
    '{match: [{uri: {prefix: /a}, headers: {x: {exact: b}}}], route: [{destination: {host: a, subset: v1}, weight: 5}], timeout: 3s, ' +
      'retries: {attempts: 2, retryOn: "5xx"}, fault: {delay: {fixedDelay: 1s, percentage: {value: 5}}}}',
  ),
  destinationRule(
    '{connectionPool: {tcp: {maxConnections: 5}}, outlierDetection: {interval: 1s}, loadBalancer: {simple: RANDOM}}',
  ),
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  ports:\n    - port: 80\n      name: http\n  selector: {app: s}\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          resources: {limits: {cpu: 1}}\n',
  'apiVersion: v1\nkind: List\nitems:\n  - &a {apiVersion: v1, kind: Namespace, metadata: {name: n1}}\n  - *a\n',
  '{"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": {"name": "g"}, "spec": {"servers": [{"port": {"number": 80, "name": "h", "protocol": "HTTP"}, "hosts": ["*"]}]}}',
];

function check(text: string): void {
  const set = loadResources([{ name: 'f', text }]);
  const lines = text.split('\n').length;
  for (const { position, message } of [
    ...set.diagnostics,
    ...set.fidelity.map((entry) => ({ ...entry, message: entry.meaning })),
  ]) {
    expect(position).not.toBeNull();
    expect(position!.line).toBeGreaterThanOrEqual(1);
    expect(position!.line).toBeLessThanOrEqual(lines);
    expect(position!.column).toBeGreaterThanOrEqual(1);
    expect(message).not.toBe('');
  }
}

const CORPUS = new URL('../../../../shared/corpus', import.meta.url).pathname;
const isPresent = existsSync(CORPUS);
if (!isPresent) console.warn('no collection of real manifests beside the checkout: skipped');

const MAX_TEXT = 8000;
const REAL = isPresent
  ? gather([CORPUS])
      .texts.map(({ text }) => text)
      .filter((text) => text.length < MAX_TEXT)
  : [''];

describe.skipIf(!isPresent)('loading real manifests', () => {
  const real = fc.constantFrom(...REAL);

  it('bears them with pieces cut out, doubled and put in', () => {
    const mutated = fc
      .tuple(real, fc.array(MUTATION, { minLength: 1, maxLength: 4 }))
      .map(([text, mutations]) => mutations.reduce(mutate, text));
    fc.assert(fc.property(mutated, check), { numRuns: 500 });
  });

  it('bears any value in any of their fields', () => {
    fc.assert(
      fc.property(real, CHANGES, (text, changes) => {
        for (const { value } of parseDocuments({ name: 'f', text })) {
          const changed = changedAt(value, changes);
          check(JSON.stringify(changed));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('loading', () => {
  it('bears any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...TOKENS, 'a', 'b')).map((parts) => parts.join('')),
    );
    fc.assert(fc.property(text, check), { numRuns: 400 });
  });

  it('bears manifests with pieces cut out, doubled and put in', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...SEEDS), fc.array(MUTATION, { minLength: 1, maxLength: 4 }))
      .map(([seed, mutations]) => mutations.reduce(mutate, seed));
    fc.assert(fc.property(mutated, check), { numRuns: 800 });
  });

  it('bears any value in any field', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const seeds = fc.constantFrom('VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry');
    const fields = fc.dictionary(
      fc.constantFrom(
        'hosts',
        'http',
        'host',
        'trafficPolicy',
        'subsets',
        'servers',
        'ports',
        'endpoints',
        'exportTo',
        'tcp',
      ),
      value,
    );
    fc.assert(
      fc.property(seeds, fields, (kind, spec) => {
        check(JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'x' }, spec }));
      }),
      { numRuns: 400 },
    );
  });

  it('is a pure function of its texts', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), fc.string(), (seed, text) => {
        const texts = [
          { name: 'a', text: seed },
          { name: 'b', text },
        ];
        expect(JSON.stringify(loadResources(texts))).toBe(JSON.stringify(loadResources(texts)));
      }),
      { numRuns: 50 },
    );
  });
});
