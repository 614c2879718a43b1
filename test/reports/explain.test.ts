// The text of `explain`: whole pages, and that they keep to their width whatever names they are given.
import { expect, test } from 'vitest';
import { explainPath, type Question } from '../../models/plan/explain/index.js';
import { explanationText } from '../../reports/explain/text.js';
import { stableJson } from '../../reports/json.js';
import { displayWidth } from '../../reports/layout.js';
import { readExplanation } from '../../scenarios/explain/explain-schema.js';
import { destinationRule, input, istio, virtualService, withCluster } from '../models/plan/support.js';

const MESH = withCluster(
  virtualService(
    'web',
    'b',
    `{ hosts: [web], http: [
      { name: jason, match: [{ headers: { end-user: { exact: jason } } }], route: [{ destination: { host: web, subset: v2 } }] },
      { name: all, timeout: 2s, fault: { delay: { fixedDelay: 1s, percentage: { value: 5 } } },
        retries: { attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,reset" }, mirror: { host: two, port: { number: 80 } },
        route: [{ destination: { host: web, subset: v1 }, weight: 90 }, { destination: { host: web, subset: gone }, weight: 10 }] },
      { name: never, route: [{ destination: { host: web } }] }] }`,
  ),
  virtualService(
    'other',
    'b',
    '{ hosts: [web], gateways: [edge], http: [{ route: [{ destination: { host: web } }] }] }',
  ),
  destinationRule(
    'web',
    'b',
    `{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } }, outlierDetection: { consecutive5xxErrors: 7 } },
       subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }`,
  ),
  istio(
    'Gateway',
    'edge',
    'b',
    '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["web.example"] }] }',
  ),
);

function page(question: Partial<Question>, yaml = MESH, color = false): string {
  const { explanation, diagnostics } = explainPath(input({ yaml }), {
    from: 'client.a',
    to: 'http://web.b/x',
    method: 'GET',
    path: '/x',
    headers: {},
    isVersionAssumed: false,
    ...question,
  });
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  expect(readExplanation(JSON.parse(stableJson(explanation)))).toEqual(explanation);
  return explanationText(explanation, { color });
}

test('a call inside the mesh', () => {
  expect(page({})).toMatchSnapshot();
});

test('from outside, to nobody', () => {
  expect(page({ from: null, to: 'http://web.example/' })).toMatchSnapshot();
});

test('no line is wider than the page unless a word is', () => {
  for (const question of [{}, { from: null, to: 'http://web.example/' }, { headers: { 'end-user': 'x'.repeat(40) } }]) {
    for (const line of page(question).split('\n')) {
      expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    }
  }
});

test('names cannot move the cursor', () => {
  expect(page({ headers: { 'end-user': '\u001b[2J\u202e' } })).not.toContain('\u001b');
});

test('colours are put on the same text', () => {
  const colored = page({}, MESH, true);
  expect(colored).toContain('\u001b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(page({}));
});
