import { describe, expect, it } from 'vitest';
import type { TrafficPolicy } from '../../../models/config/kinds/destination-rule.js';
import { destinationRule, errors, load, shown } from './helpers.js';

function policy(text: string): TrafficPolicy {
  const set = load(destinationRule(text));
  expect(errors(set)).toEqual([]);
  return set.destinationRules[0]!.spec.trafficPolicy!;
}

describe('a DestinationRule', () => {
  it('reads limits, where 0 is unset', () => {
    expect(
      policy(
        '{connectionPool: {tcp: {maxConnections: 0, connectTimeout: 30ms, idleTimeout: 0s}, http: {http1MaxPendingRequests: 1, ' +
          'http2MaxRequests: 2, maxRequestsPerConnection: 3, maxRetries: 4, idleTimeout: 5s, maxConcurrentStreams: 6, h2UpgradePolicy: UPGRADE}}}',
      ).connectionPool,
    ).toEqual({
      tcp: { maxConnections: null, connectTimeoutNs: 30e6, idleTimeoutNs: 0, maxConnectionDurationNs: null },
      http: {
        http1MaxPendingRequests: 1,
        http2MaxRequests: 2,
        maxRequestsPerConnection: 3,
        maxRetries: 4,
        idleTimeoutNs: 5e9,
        maxConcurrentStreams: 6,
        h2UpgradePolicy: 'UPGRADE',
        useClientProtocol: false,
      },
    });
  });

  it('tells empty outlier detection from absent, and 0 from absent errors', () => {
    expect(policy('{outlierDetection: {}}').outlierDetection).toEqual({
      consecutive5xxErrors: null,
      consecutiveGatewayErrors: null,
      splitExternalLocalOriginErrors: false,
      consecutiveLocalOriginFailures: null,
      intervalNs: null,
      baseEjectionTimeNs: null,
      maxEjectionPercent: null,
      minHealthPercent: 0,
    });
    expect(policy('{outlierDetection: {consecutive_5xx_errors: 0}}').outlierDetection!.consecutive5xxErrors).toBe(0);
    expect(policy('{tls: {mode: DISABLE}}').outlierDetection).toBeNull();
  });

  it('reads balancers, old names too', () => {
    const balancer = (text: string) => policy(`{loadBalancer: ${text}}`).loadBalancer!;
    expect(balancer('{simple: LEAST_CONN}').simple).toBe('LEAST_REQUEST');
    expect(balancer('{}').simple).toBe('UNSPECIFIED');
    expect(balancer('{simple: RANDOM, warmupDurationSecs: 30s}').warmup).toEqual({
      durationNs: 30e9,
      minimumPercent: 10,
      aggression: 1,
    });
    expect(balancer('{consistentHash: {httpHeaderName: x, minimumRingSize: 7}}').consistentHash).toMatchObject({
      httpHeaderName: 'x',
      algorithm: 'ring-hash',
      size: 7,
    });
  });

  it('reads port level settings and subsets', () => {
    const text = destinationRule(
      '{portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}',
      '\n  subsets: [{name: v1, labels: {version: v1}}, {name: v2, trafficPolicy: {outlierDetection: {}}}]',
    );
    const { spec } = load(text).destinationRules[0]!;
    expect(spec.trafficPolicy!.portLevelSettings).toEqual([
      {
        portNumber: 80,
        loadBalancer: {
          simple: 'RANDOM',
          consistentHash: null,
          localityLbSetting: null,
          zoneAwareLbSetting: null,
          warmup: null,
        },
        connectionPool: null,
        outlierDetection: null,
        tls: null,
      },
    ]);
    expect(spec.subsets.map(({ name, labels }) => [name, labels])).toEqual([
      ['v1', { version: 'v1' }],
      ['v2', {}],
    ]);
  });

  it('lists what is not modelled', () => {
    const listed = (text: string) =>
      load(destinationRule(text)).fidelity.map(({ status, path }) => `${status} ${path}`);
    expect(listed('{loadBalancer: {consistentHash: {useSourceIp: true}, localityLbSetting: {enabled: true}}}')).toEqual(
      ['approximated spec.trafficPolicy.loadBalancer.consistentHash.useSourceIp'],
    );
    expect(listed('{loadBalancer: {consistentHash: {httpHeaderName: x-user}}}')).toEqual([]);
    expect(listed('{loadBalancer: {simple: PASSTHROUGH, zoneAwareLbSetting: {enabled: true}}}')).toEqual([
      'approximated spec.trafficPolicy.loadBalancer.simple',
      'approximated spec.trafficPolicy.loadBalancer.zoneAwareLbSetting',
    ]);
    expect(listed('{connectionPool: {tcp: {tcpKeepalive: {time: 1s}}}, tunnel: {targetHost: a}}')).toEqual([
      'approximated spec.trafficPolicy.connectionPool.tcp.tcpKeepalive',
      'not-modelled spec.trafficPolicy.tunnel',
    ]);
  });

  it('ignores consecutiveErrors, loudly', () => {
    const set = load(destinationRule('{outlierDetection: {consecutiveErrors: 3}}'));
    expect(shown(set.diagnostics)).toEqual(['warning deprecated-field 6:38']);
    expect(set.destinationRules[0]!.spec.trafficPolicy!.outlierDetection!.consecutive5xxErrors).toBeNull();
  });
});

describe("what Istio's validation refuses", () => {
  it.each([
    ['an empty policy', '{}', '6:3'],
    ['an empty pool', '{connectionPool: {}}', '6:19'],
    ['a negative limit', '{connectionPool: {tcp: {maxConnections: -1}}}', '6:42'],
    ['a percentage above 100', '{outlierDetection: {maxEjectionPercent: 101}}', '6:38'],
    ['an interval below 1ms', '{outlierDetection: {interval: 1us}}', '6:38'],
    ['local failures without the split', '{outlierDetection: {consecutiveLocalOriginFailures: 3}}', '6:38'],
    [
      'UPGRADE with the client protocol',
      '{connectionPool: {http: {h2UpgradePolicy: UPGRADE, useClientProtocol: true}}}',
      '6:69',
    ],
    ['a port level setting without port', '{portLevelSettings: [{tls: {mode: DISABLE}}]}', '6:39'],
    ['an empty port level setting', '{portLevelSettings: [{port: {number: 80}}]}', '6:39'],
    ['a cookie without a name', '{loadBalancer: {consistentHash: {httpCookie: {ttl: 0s}}}}', '6:51'],
    ['MUTUAL without certificates', '{tls: {mode: MUTUAL}}', '6:19'],
    ['two balancers', '{loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}', '6:19'],
  ])('%s', (_, text, place) => {
    const set = load(destinationRule(text));
    expect(errors(set)).toEqual([`error rejected-by-istio ${place}`]);
    expect(set.destinationRules).toEqual([]);
  });

  it('two subsets of one name, and a name that is no label', () => {
    const subsets = '\n  subsets: [{name: v1}, {name: v1}, {name: v_2}]';
    expect(errors(load(destinationRule('{tls: {}}', subsets)))).toEqual([
      'error rejected-by-istio 6:38',
      'error rejected-by-istio 6:26',
    ]);
  });

  it.each([
    'distribute: [{from: a/*, to: {a/b: 100}}], failover: [{from: a, to: b}]',
    'failover: [{from: a, to: a}]',
    'failover: [{from: a/b, to: c}]',
    'failover: [{from: "*", to: c}]',
    'failover: [{from: a, to: b}], failoverPriority: [topology.kubernetes.io/zone]',
    'distribute: [{from: a, to: {b: 50, c: 40}}]',
    'distribute: [{from: a, to: {b: 0, c: 100}}]',
    'distribute: [{from: a, to: {b: 50, b/c: 50}}]',
    'distribute: [{from: a/*, to: {b: 100}}, {from: a/b, to: {b: 100}}]',
    'distribute: [{from: "a*b", to: {b: 100}}]',
  ])('the locality setting %s', (setting) => {
    const set = load(destinationRule(`{loadBalancer: {localityLbSetting: {${setting}}}}`));
    expect(errors(set)).toEqual([expect.stringMatching(/^error rejected-by-istio 6:/)]);
    expect(set.destinationRules).toEqual([]);
  });

  it.each([
    'zoneAwareLbSetting: {failover: [{from: a, to: a}]}',
    'zoneAwareLbSetting: {failover: [{from: a/b, to: c}]}',
    'zoneAwareLbSetting: {failover: [{from: a, to: "*"}]}',
    'zoneAwareLbSetting: {failoverPriority: [topology.kubernetes.io/region]}',
    'zoneAwareLbSetting: {}, localityLbSetting: {}',
  ])('zones: %s', (settings) => {
    expect(errors(load(destinationRule(`{loadBalancer: {${settings}}}`)))).toEqual([
      expect.stringMatching(/^error rejected-by-istio 6:/),
    ]);
  });

  it('and what it lets pass', () => {
    const setting = 'distribute: [{from: a/*, to: {a/b: 80, a/c: 20}}, {from: b, to: {"*": 100}}]';
    expect(errors(load(destinationRule(`{loadBalancer: {localityLbSetting: {${setting}}}}`)))).toEqual([]);
  });

  it('a missing host', () => {
    const text = destinationRule('{tls: {}}').replace('  host: reviews\n', '');
    expect(errors(load(text))).toEqual(['error missing-field 4:1']);
  });
});
