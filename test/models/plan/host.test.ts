// Host names: known answers of Istio's rules, and laws of covering and narrowing.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  compareSpecificity,
  expandHost,
  hostCovers,
  narrowerHost,
  parseDialTarget,
} from '../../../models/plan/terms/host.js';

describe('short names', () => {
  test('only a name without any dot is expanded', () => {
    expect(expandHost('reviews', 'prod')).toBe('reviews.prod.svc.cluster.local');
    expect(expandHost('reviews.prod', 'prod')).toBe('reviews.prod');
    expect(expandHost('*', 'prod')).toBe('*');
    expect(expandHost('*.example.com', 'prod')).toBe('*.example.com');
    expect(expandHost('10.0.0.1', 'prod')).toBe('10.0.0.1');
  });
});

describe('wildcards', () => {
  test('a wildcard covers longer names of its suffix, not the suffix itself', () => {
    expect(hostCovers('*.example.com', 'shop.example.com')).toBe(true);
    expect(hostCovers('*.example.com', 'a.shop.example.com')).toBe(true);
    expect(hostCovers('*.example.com', 'example.com')).toBe(false);
    expect(hostCovers('*.example.com', 'badexample.com')).toBe(false);
    expect(hostCovers('*', 'anything')).toBe(true);
    expect(hostCovers('*.com', '*.example.com')).toBe(true);
    expect(hostCovers('*.example.com', '*.com')).toBe(false);
  });

  const label = fc.constantFrom('a', 'b', 'shop', 'x-1');
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const host = fc.oneof(
    name,
    name.map((suffix) => `*.${suffix}`),
    fc.constant('*'),
  );

  property.prop([host, host])('the narrower of two hosts is covered by both, whatever their order', (a, b) => {
    const narrower = narrowerHost(a, b);
    expect(narrowerHost(b, a)).toBe(narrower);
    if (narrower === null) return;
    expect(hostCovers(a, narrower) && hostCovers(b, narrower)).toBe(true);
    expect(compareSpecificity(narrower, a)).toBeLessThanOrEqual(0);
  });

  property.prop([host, host, host])('covering is transitive', (a, b, c) => {
    if (hostCovers(a, b) && hostCovers(b, c)) expect(hostCovers(a, c)).toBe(true);
  });
});

describe('what clients dial', () => {
  test.each([
    ['catalog', { scheme: null, host: 'catalog', port: null, path: '' }],
    ['catalog.shop:8080', { scheme: null, host: 'catalog.shop', port: 8080, path: '' }],
    ['http://Catalog/items', { scheme: 'http', host: 'catalog', port: null, path: '/items' }],
    ['https://shop.example.com?q=1', { scheme: 'https', host: 'shop.example.com', port: null, path: '/?q=1' }],
    ['grpc://cart:7070', { scheme: 'grpc', host: 'cart', port: 7070, path: '' }],
  ])('%s', (text, expected) => expect(parseDialTarget(text)).toEqual(expected));

  test.each(['', 'http://', 'a b', 'host:99999', 'host:0'])('%s is nothing to dial', (text) => {
    expect(parseDialTarget(text)).toBeNull();
  });
});
