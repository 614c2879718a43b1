// Requests of rules: a text for a matcher, and rules that others stand before.
import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../../scenarios/init/entries/sample-text.js';
import { app, inferred, mesh } from './mesh.js';

describe('a sample of a regular expression', () => {
  it.each([
    ['/api/v[0-9]+/.*', '/api/v0/'],
    ['/(cart|basket)(/.*)?', '/cart'],
    ['^/users/\\d{3}$', '/users/111'],
    ['/[^/]+/orders/?', '/a/orders'],
    ['.*', '/'],
    ['/.*\\.(css|js)', '/.css'],
    ['/[\\d]/x', '/1/x'],
    ['\\/v1\\/(?:items|things)\\/[a-f0-9-]{8}', '/v1/items/aaaaaaaa'],
  ])('%s', (value, expected) => {
    expect(sampleOf({ kind: 'regex', value }, (text) => text.startsWith('/'))).toBe(expected);
  });

  it('is none where the syntax is not simple', () => {
    for (const value of ['(?i)/shop', '/a{100}', '/(unclosed', '/\\p{L}'])
      expect(sampleOf({ kind: 'regex', value })).toBeNull();
  });
});

const GATEWAY = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
`;
const routes = (...rules: readonly string[]): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all}
spec: {hosts: ["*"], gateways: [edge], http: [${rules.join(', ')}]}
`;
const to = (host: string, match = ''): string =>
  `{${match === '' ? '' : `match: [${match}], `}route: [{destination: {host: ${host}}}]}`;
const draftOf = (...rules: readonly string[]) =>
  inferred(mesh(GATEWAY, routes(...rules), app('shop'), app('cart'), app('pay'))).draft;
const asked = (...rules: readonly string[]) =>
  draftOf(...rules).traffic[0]?.requests.map(({ method, path, headers }) =>
    [method, path, ...Object.entries(headers).flat()].join(' '),
  );

describe('rules in their order', () => {
  it.each([
    [
      'a broader rule before it takes all: it is not asked',
      [to('shop', '{uri: {prefix: /}}'), to('cart', '{uri: {prefix: /cart}}')],
      ['GET /'],
    ],
    [
      'a narrower one before it: another path is asked',
      [to('shop', '{uri: {exact: /cart}}'), to('cart', '{uri: {prefix: /cart}}')],
      ['GET /cart', 'GET /cart/other'],
    ],
    ['the home page before the rest', [to('shop', '{uri: {exact: /}}'), to('cart')], ['GET /', 'GET /other']],
    [
      'a rule before it that only takes another method',
      [to('shop', '{uri: {prefix: /cart}, method: {exact: POST}}'), to('cart', '{uri: {prefix: /cart}}')],
      ['POST /cart', 'GET /cart'],
    ],
    [
      'a rule before it for another host says nothing',
      [to('shop', '{authority: {exact: other.example.org}}'), to('cart', '{uri: {prefix: /cart}}')],
      ['GET /', 'GET /cart'],
    ],
    [
      'a redirect takes requests too',
      [
        `{match: [{uri: {prefix: /cart}}], redirect: {uri: /shop}}`,
        to('cart', '{uri: {prefix: /cart/items}}'),
        to('shop'),
      ],
      ['GET /'],
    ],
    [
      'by a path that is a regular expression',
      [to('cart', '{uri: {regex: "/v[0-9]+/cart(/.*)?"}}'), to('shop')],
      ['GET /v0/cart', 'GET /'],
    ],
    [
      'by a header',
      [to('cart', '{headers: {x-user: {regex: "beta-.+"}, x-trace: {}}}'), to('shop')],
      ['GET / x-user beta-a x-trace 1', 'GET /'],
    ],
  ])('%s', (_name, rules, expected) => {
    expect(asked(...rules)).toEqual(expected);
  });

  it('who is not asked for is named, with the reason', () => {
    const said = (...rules: readonly string[]) => draftOf(...rules).leftOut.map(({ text }) => text);
    expect(said(to('shop', '{uri: {prefix: /}}'), to('cart', '{uri: {prefix: /cart}}'))).toEqual([
      'VirtualService all: a rule before it takes the requests for cart',
    ]);
    expect(said(to('cart', '{uri: {regex: "(?i)/cart"}}'), to('shop'))).toEqual([
      expect.stringContaining('no simple request leads to cart'),
    ]);
  });
});
