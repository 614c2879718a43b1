// After istio: pilot/pkg/serviceregistry/kube/controller/endpointslice_test.go, pilot/pkg/model/endpointshards_test.go,
// pilot/pkg/xds/endpoints/endpoint_builder_test.go.
import { describe, expect, it, test } from 'vitest';
import {
  type EdsEntry,
  type EndpointConditions,
  type EndpointHealth,
  edsEntry,
  endpointHealth,
  informerDelayNs,
  type RegisteredEndpoint,
  ServiceEndpoints,
  sendsUnhealthy,
} from '../../../models/control-plane/endpoint-path.js';
import { MS_NS } from '../../../models/control-plane/time.js';

const NIL: EndpointConditions = { ready: null, serving: null, terminating: null };
const READY: EndpointConditions = { ready: true, serving: true, terminating: false };
const NOT_READY: EndpointConditions = { ready: false, serving: false, terminating: false };
const LEAVING: EndpointConditions = { ready: false, serving: true, terminating: true };
const DEAD: EndpointConditions = { ready: false, serving: false, terminating: true };

test.each<[EndpointConditions, boolean, EndpointHealth]>([
  [NIL, false, 'healthy'],
  [READY, false, 'healthy'],
  [NOT_READY, false, 'unhealthy'],
  [LEAVING, false, 'terminating'],
  [DEAD, false, 'terminating'],
  [LEAVING, true, 'draining'],
  [DEAD, true, 'terminating'],
  [{ ...NIL, ready: false }, true, 'draining'],
])('%j, sessions %s: %s', (conditions, keepsSessions, health) => {
  expect(endpointHealth(conditions, { keepsSessions })).toBe(health);
});

test.each<[EndpointHealth, { sendsUnhealthy: boolean; keepsSessions: boolean }, boolean, EdsEntry]>([
  ['healthy', { sendsUnhealthy: false, keepsSessions: false }, false, 'HEALTHY'],
  ['unhealthy', { sendsUnhealthy: false, keepsSessions: false }, false, 'absent'],
  ['unhealthy', { sendsUnhealthy: true, keepsSessions: false }, false, 'UNHEALTHY'],
  ['terminating', { sendsUnhealthy: true, keepsSessions: true }, false, 'absent'],
  ['draining', { sendsUnhealthy: true, keepsSessions: true }, false, 'DRAINING'],
  ['healthy', { sendsUnhealthy: true, keepsSessions: false }, true, 'absent'],
  ['healthy', { sendsUnhealthy: true, keepsSessions: true }, true, 'DRAINING'],
])('%s with %j, labelled %s: %s', (health, policy, isLabelled, entry) => {
  expect(edsEntry(health, policy, isLabelled)).toBe(entry);
});

test.each([
  [{}, true],
  [{ istioMinor: 30 }, false],
  [{ istioMinor: 30, forcesUnhealthy: true }, true],
  [{ istioMinor: 30, hasTrafficDistribution: true }, true],
  [{ autoSendsUnhealthy: false }, false],
  [{ minHealthPercent: 50 }, false],
  [{ minHealthPercent: 50, hasTrafficDistribution: true }, true],
])('with %j endpoints that are not ready are sent: %s', (settings, sent) => {
  const all = {
    istioMinor: 31,
    forcesUnhealthy: false,
    autoSendsUnhealthy: true,
    hasTrafficDistribution: false,
    minHealthPercent: 0,
  };
  expect(sendsUnhealthy({ ...all, ...settings })).toBe(sent);
});

describe('what push follows a change of endpoints', () => {
  const endpoint = (key: string, health: EndpointHealth = 'healthy', serviceAccount = 'web'): RegisteredEndpoint => ({
    key,
    health,
    serviceAccount,
    content: '',
  });

  it('a new service: full; nothing new: none; one more, one less, another health: incremental', () => {
    const service = new ServiceEndpoints();
    expect(service.update('k', [endpoint('a')], true)).toBe('full');
    expect(service.update('k', [endpoint('a')], true)).toBe('none');
    expect(service.update('k', [endpoint('a'), endpoint('b')], true)).toBe('incremental');
    expect(service.update('k', [endpoint('a'), endpoint('b', 'unhealthy')], true)).toBe('incremental');
    expect(service.update('k', [endpoint('a')], true)).toBe('incremental');
    expect(service.update('k', [{ ...endpoint('a'), content: 'weight 2' }], true)).toBe('incremental');
  });

  it('a new pod that is not ready: a push from 1.31 on, none before', () => {
    const service = new ServiceEndpoints();
    service.update('k', [endpoint('a')], false);
    expect(service.update('k', [endpoint('a'), endpoint('b', 'unhealthy')], false)).toBe('none');
    expect(service.update('k', [endpoint('a'), endpoint('c', 'unhealthy')], true)).toBe('incremental');
  });

  it('a lone pod that crashes and comes back: incremental both times', () => {
    const service = new ServiceEndpoints();
    service.update('k', [endpoint('a')], true);
    expect(service.update('k', [], true)).toBe('incremental');
    expect(service.update('k', [endpoint('a')], true)).toBe('incremental');
  });

  it('accounts of all clusters count together', () => {
    const service = new ServiceEndpoints();
    service.update('one', [endpoint('a')], true);
    expect(service.update('two', [endpoint('b')], true)).toBe('incremental');
    expect(service.update('two', [endpoint('b', 'healthy', 'canary')], true)).toBe('full');
    expect(service.update('one', [endpoint('a', 'healthy', 'canary')], true)).toBe('full');
    expect(service.update('one', [endpoint('a', 'healthy', 'canary'), endpoint('c', 'healthy', '')], true)).toBe(
      'incremental',
    );
  });
});

test('informers hear after 10 to 100 ms', () => {
  expect([0, 0.5, 1].map((u) => informerDelayNs(u) / MS_NS)).toEqual([10, 55, 100]);
});
