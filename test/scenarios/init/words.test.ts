// Whatever a manifest holds, what is written reads back, means what it should, and stays inside its line.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import { commentText, scalar } from '../../../scenarios/init/draft/words.js';
import { inferScenario } from '../../../scenarios/init/infer.js';
import { interpretScenario } from '../../../scenarios/reading/interpret.js';

const HOSTILE = [
  'a\nkind: Evil',
  'a # b',
  '"',
  "'",
  '`$(rm)`',
  '\u202eevil',
  '\u0000',
  '\u2028x',
  '- a',
  '? b',
  '{a: b}',
  '[x]',
  '&a',
  '*a',
  '!t',
  '%d',
  '@x',
  'yes',
  'null',
  '~',
  '0x1f',
  '1_000',
  '22:22',
  '1e3',
  '.inf',
  '.',
  'a: b',
  'a:',
  ': a',
  '#',
  '\\',
  '\ud800',
  '\u{1f600}',
  '---',
  '...',
  '',
];

const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.tuple(fc.constantFrom('cart', 'http://cart/', '/a'), fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
);

function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

function read(text: string): unknown {
  const [document, ...others] = [...parseDocuments({ name: 'x', text })];
  expect(others).toEqual([]);
  expect(document?.diagnostics).toEqual([]);
  return document?.value;
}

describe('scalars', () => {
  test.prop([anyText])('read back in every place', (text) => {
    // A lone surrogate has no place in YAML: it becomes the replacement character.
    const same = wellFormed(text);
    const word = scalar(same);
    expect(read(`a: ${word}  # why\nb: [${word}, x]\nc: { d: ${word}, e: 1 }\n`)).toEqual({
      a: same,
      b: [same, 'x'],
      c: { d: same, e: 1 },
    });
    expect(read(`${scalar(`k${same}`)}: 1\n`)).toEqual({ [`k${same}`]: 1 });
    expect(word).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u);
  });

  it.each([
    ['http://cart:80/a?b', '"http://cart:80/a?b"'],
    ['http://cart.shop:80/a', 'http://cart.shop:80/a'],
    ['cart:80', 'cart:80'],
    ['./', './'],
    ['yes', '"yes"'],
    ['lognormal(mean=2ms, cv=1)', '"lognormal(mean=2ms, cv=1)"'],
  ])('%s is written %s', (text, written) => {
    expect(scalar(text)).toBe(written);
  });
});

describe('comments', () => {
  test.prop([anyText])('stay in their line', (text) => {
    const comment = commentText(text);
    expect(comment).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u);
    expect(read(`a: 1  # ${comment}\n`)).toEqual({ a: 1 });
  });
});

/** Manifests as JSON, which is YAML: names that Kubernetes takes, and everything else as it comes. */
const name = fc.oneof(fc.constantFrom('cart', 'web', 'db', 'stock', 'y', 'no', 'null'), anyText);
const value = fc.oneof(fc.constantFrom('http://cart:80', 'web:80', 'db', 'http://stock/a'), anyText);
const key = fc.oneof(fc.constantFrom('CART_URL', 'DB_HOST', 'USERS', 'RATE', '--qps'), anyText);

const anyApp = fc
  .record({ name, label: fc.tuple(anyText, anyText), key, value, image: value, account: name })
  .map((app) => {
    const metadata = { name: app.name };
    const labels = { app: app.name, [app.label[0]]: app.label[1] };
    const container = {
      name: 'app',
      image: app.image,
      args: [app.value, `${app.key}=${app.value}`],
      env: [{ name: app.key, value: app.value }],
    };
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: { app: app.name }, ports: [{ name: 'http', port: 80 }] },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { serviceAccountName: app.account, containers: [container] } },
        },
      },
    ];
  });

const anyPolicy = fc
  .record({ name: anyText, from: name, to: name, path: anyText, method: anyText, header: anyText, host: value })
  .map((policy) => {
    const labels = { matchLabels: { app: policy.to } };
    const principal = `cluster.local/ns/default/sa/${policy.from}`;
    return [
      {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: policy.name },
        spec: {
          selector: labels,
          rules: [
            {
              from: [{ source: { principals: [principal] } }],
              to: [{ operation: { paths: [policy.path], methods: [policy.method] } }],
            },
          ],
        },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: policy.name },
        spec: {
          parentRefs: [{ name: policy.name }],
          rules: [
            {
              matches: [
                {
                  path: { value: policy.path },
                  method: policy.method,
                  headers: [{ name: policy.header, value: policy.header }],
                },
              ],
              backendRefs: [{ name: policy.to, port: 80 }],
            },
          ],
        },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: policy.name },
        spec: {
          rules: [
            {
              http: { paths: [{ path: policy.path, backend: { service: { name: policy.to, port: { number: 80 } } } }] },
            },
          ],
        },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: policy.name },
        spec: {
          hosts: [policy.host],
          gateways: [policy.name],
          http: [
            {
              match: [
                {
                  uri: { prefix: policy.path },
                  method: { exact: policy.method },
                  headers: { [policy.header]: { exact: policy.header } },
                  sourceLabels: { app: policy.from },
                },
              ],
              route: [{ destination: { host: policy.to } }],
            },
          ],
        },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { name: policy.name },
        spec: {
          selector: { istio: 'x' },
          servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [policy.host, '*'] }],
        },
      },
    ];
  });

const anyMesh = fc
  .tuple(fc.array(anyApp, { minLength: 1, maxLength: 4 }), fc.array(anyPolicy, { maxLength: 2 }))
  .map(([apps, policies]) =>
    [...apps.flat(), ...policies.flat()].map((object) => JSON.stringify(object)).join('\n---\n'),
  );

describe('whole scenarios', () => {
  test.prop([anyMesh, anyText], { numRuns: 1000 })(
    'parse, validate and interpret, the same each time',
    (text, file) => {
      const texts = [{ name: file, text }];
      const resources = loadResources(texts);
      const options = { file: 'scenario.yaml', mesh: [`./${file}`], nameOf: (given: string) => given };
      const inference = inferScenario(texts, resources, options);
      if (inference.kind === 'nothing') return;
      const { diagnostics } = interpretScenario(inference.raw, inference.document, inference.resources);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new Error(`${JSON.stringify(errors)}\n${inference.text}`);
      expect(inference.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u);
      const again = inferScenario(texts, loadResources(texts), options);
      expect('text' in again && again.text).toBe(inference.text);
    },
  );
});
