// Request classes and what routes make of them: header operations, rewrites, matchers.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { HttpMatch, HttpRoute } from '../../../models/config/kinds/virtual-service.js';
import {
  dependsOnVariables,
  fullMatch,
  isCatchAll,
  matchesRequest,
  matchesString,
} from '../../../models/plan/terms/match.js';
import {
  applyHeaderOperations,
  authorityHost,
  normalHeaders,
  type RequestClass,
  RequestClasses,
  splitPath,
} from '../../../models/plan/terms/request-class.js';
import { forwardedRequest } from '../../../models/plan/terms/rewrite.js';

const REQUEST: RequestClass = {
  scheme: 'http',
  method: 'GET',
  authority: 'web.b',
  path: '/a/b',
  query: '',
  headers: [['x', '1']],
  grpc: false,
};
const NOTHING = { set: {}, add: {}, remove: [] };
const ANY: HttpMatch = {
  name: '',
  uri: null,
  scheme: null,
  method: null,
  authority: null,
  headers: {},
  withoutHeaders: {},
  queryParams: {},
  ignoreUriCase: false,
  port: null,
  sourceLabels: {},
  sourceNamespace: '',
  gateways: [],
};
const ROUTE: HttpRoute = {
  name: '',
  match: [],
  route: [],
  redirect: null,
  directResponse: null,
  delegate: null,
  rewrite: null,
  timeoutNs: null,
  retries: null,
  fault: null,
  mirrors: [],
  headers: { request: NOTHING, response: NOTHING },
  cors: null,
};

describe('paths', () => {
  test('path and query', () => {
    expect(splitPath('/a?b=c?d#e')).toEqual({ path: '/a', query: 'b=c?d' });
    expect(splitPath('')).toEqual({ path: '/', query: '' });
  });

  test('the host of an authority', () => {
    expect(authorityHost('Web.B.:8080')).toBe('web.b');
  });
});

describe('headers', () => {
  test('remove, then set, then add', () => {
    const changed = applyHeaderOperations(REQUEST, { remove: ['X'], set: { Y: '2' }, add: { x: '3', y: '4' } });
    expect(changed.headers).toEqual([
      ['x', '3'],
      ['y', '2,4'],
    ]);
  });

  test('host changes the authority, other pseudo headers nothing', () => {
    const changed = applyHeaderOperations(REQUEST, { remove: [], set: { Host: 'other', ':path': '/no' }, add: {} });
    expect(changed).toEqual({ ...REQUEST, authority: 'other' });
  });

  const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.string({ maxLength: 3 }), { maxKeys: 4 });

  property.prop([values])('the order and case of names do not make another class', (headers) => {
    const classes = new RequestClasses();
    const reversed = Object.fromEntries(
      Object.entries(headers)
        .reverse()
        .map(([name, value]) => [name.toUpperCase(), value]),
    );
    const first = classes.number({ ...REQUEST, headers: normalHeaders(headers) });
    expect(classes.number({ ...REQUEST, headers: normalHeaders(reversed) })).toBe(first);
    expect(classes.size).toBe(1);
  });

  property.prop([values])('set twice is set once', (set) => {
    const operations = { set, add: {}, remove: [] };
    const once = applyHeaderOperations(REQUEST, operations);
    expect(applyHeaderOperations(once, operations)).toEqual(once);
  });
});

describe('matchers', () => {
  test('regular expressions are RE2 and match the whole', () => {
    expect(fullMatch('/a.c', '/abc')).toBe(true);
    expect(fullMatch('/a.c', '/abcd')).toBe(false);
    expect(fullMatch('(a+)+$', `${'a'.repeat(2000)}b`)).toBe(false);
    expect(fullMatch('(?i)ABC', 'abc')).toBe(true);
    expect(fullMatch('(', 'x')).toBe(false);
  });

  test('case is ignored for exact and prefix only', () => {
    expect(matchesString({ kind: 'prefix', value: '/A' }, '/ab', true)).toBe(true);
    expect(matchesString({ kind: 'regex', value: '/A' }, '/a', true)).toBe(false);
  });

  test('a header that must be absent, or must not have a value', () => {
    const without = (headers: HttpMatch['withoutHeaders']): boolean =>
      matchesRequest({ ...ANY, withoutHeaders: headers }, REQUEST);
    expect(without({ x: { kind: 'present' } })).toBe(false);
    expect(without({ y: { kind: 'present' } })).toBe(true);
    expect(without({ x: { kind: 'exact', value: '2' } })).toBe(true);
    expect(without({ y: { kind: 'regex', value: '.*' } })).toBe(false);
  });

  test('query parameters', () => {
    const match: HttpMatch = { ...ANY, queryParams: { v: { kind: 'exact', value: '1' }, w: { kind: 'present' } } };
    expect(matchesRequest(match, { ...REQUEST, query: 'w&v=1' })).toBe(true);
    expect(matchesRequest(match, { ...REQUEST, query: 'V=1&w=' })).toBe(false);
  });

  test('catch-alls', () => {
    expect(isCatchAll(ANY)).toBe(true);
    expect(isCatchAll({ ...ANY, uri: { kind: 'prefix', value: '/' } })).toBe(true);
    expect(isCatchAll({ ...ANY, uri: { kind: 'regex', value: '.*' } })).toBe(true);
    expect(isCatchAll({ ...ANY, uri: { kind: 'prefix', value: '/a' } })).toBe(false);
    expect(isCatchAll({ ...ANY, headers: { h: { kind: 'present' } } })).toBe(false);
  });

  test('a variable of the path stands for a number; it is known when that matters', () => {
    const numbers: HttpMatch = { ...ANY, uri: { kind: 'regex', value: '/items/[0-9]+' } };
    expect(matchesRequest(numbers, { ...REQUEST, path: '/items/{id}' })).toBe(true);
    expect(dependsOnVariables(numbers, '/items/{id}')).toBe(true);
    expect(dependsOnVariables({ ...ANY, uri: { kind: 'prefix', value: '/items/' } }, '/items/{id}')).toBe(false);
  });
});

describe('rewrites', () => {
  const rewritten = (rewrite: Partial<NonNullable<HttpRoute['rewrite']>>, uri: HttpMatch['uri'], path: string) =>
    forwardedRequest(
      { ...ROUTE, rewrite: { uri: '', authority: '', uriRegexRewrite: null, ...rewrite } },
      { ...ANY, uri },
      null,
      { ...REQUEST, path },
    );

  test('the matched prefix is replaced, an exact path wholly', () => {
    expect(rewritten({ uri: '/v2' }, { kind: 'prefix', value: '/v1' }, '/v1/x').path).toBe('/v2/x');
    expect(rewritten({ uri: '/' }, { kind: 'prefix', value: '/v1/' }, '/v1/x').path).toBe('/x');
    expect(rewritten({ uri: '/v2' }, { kind: 'exact', value: '/v1' }, '/v1').path).toBe('/v2');
    expect(rewritten({ uri: '/v2/' }, null, '/x').path).toBe('/v2/x');
  });

  test('regular expressions with groups', () => {
    const rewrite = { uriRegexRewrite: { match: '/v1/(.*)/([0-9]+)', rewrite: '/\\2/\\1' } };
    expect(rewritten(rewrite, null, '/v1/items/3').path).toBe('/3/items');
    expect(rewritten({ uriRegexRewrite: { match: 'a', rewrite: '<\\0>' } }, null, '/aXa').path).toBe('/<a>X<a>');
  });

  test('the authority', () => {
    expect(rewritten({ authority: 'other.b' }, null, '/').authority).toBe('other.b');
  });
});
