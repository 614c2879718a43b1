// What the expressions of tags come to (envoy: docs "Attributes").
import { describe, expect, test } from 'vitest';
import { attributeValue, type SeenRequest } from '../../../scenarios/telemetry/expression.js';

const HTTP: SeenRequest = {
  request: 'GET /a',
  grpc: false,
  opaque: false,
  status: 503,
  flags: 'UO',
  source: 'web',
  destination: 'db',
};

describe('an expression of a tag', () => {
  test.each([
    ['"eu"', 'eu'],
    ["'eu'", 'eu'],
    ['response.code', '503'],
    ['string(response.flags)', 'UO'],
    ['request.url_path', 'GET /a'],
    ["request.headers['x-tier']", 'GET /a'],
    ['source.address', 'web'],
    ['upstream_peer.workload', 'db'],
    // There are no such attributes, or not for this request.
    ['destination.service.name', 'unknown'],
    ['response.grpc_status', 'unknown'],
    ['nonsense', 'unknown'],
    // Every attribute may make a difference, texts do not.
    ['request.method + "-a.b-" + response.code', 'GET /a 503'],
  ])('%s', (expression, value) => {
    expect(attributeValue(expression, HTTP)).toBe(value);
  });

  test('of a call of gRPC, and of a connection', () => {
    expect(attributeValue('response.grpc_status', { ...HTTP, grpc: true })).toBe('503');
    expect(attributeValue('request.host', { ...HTTP, opaque: true })).toBe('unknown');
  });
});
