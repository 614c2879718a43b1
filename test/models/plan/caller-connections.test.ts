// Which calls go by connections of their caller's own, and what these are told.
import { describe, expect, test } from 'vitest';
import { deployment, destinationRule, namespace, planOf, siteOf, virtualService, withCluster } from './support.js';

const S = 1_000_000_000;
const PLAIN = [namespace('plain', 'team: red'), deployment('old', 'plain', { app: 'old' }, 1)];

describe('connections of callers', () => {
  test('an HTTP port behind a sidecar has none', () => {
    expect(siteOf(planOf({ yaml: withCluster() })).route.connections).toBeNull();
  });

  test('a TCP port behind a sidecar: the proxy passes them on, for an hour of silence', () => {
    expect(siteOf(planOf({ yaml: withCluster(), to: 'db.b:3306' })).route.connections).toEqual({
      opaque: true,
      shared: true,
      idleNs: 90 * S,
      proxyIdleNs: 3600 * S,
      maxDurationNs: 0,
      connectAttempts: 1,
    });
  });

  test('time-outs come from the rule of the first destination as a whole, not from its ports', () => {
    const rule = destinationRule(
      'db',
      'b',
      `{ host: db, trafficPolicy: { connectionPool: { tcp: { idleTimeout: 5m, maxConnectionDuration: 2h } },
         portLevelSettings: [{ port: { number: 3306 }, connectionPool: { tcp: { idleTimeout: 7s, maxConnections: 3 } } }] } }`,
    );
    const plan = planOf({ yaml: withCluster(rule), to: 'db.b:3306' });
    expect(siteOf(plan).route.connections).toMatchObject({ proxyIdleNs: 300 * S, maxDurationNs: 7200 * S });
    expect(plan.clusters[0]!.limits.maxConnections).toBe(3);
  });

  test('TCP routes split connections', () => {
    const split = virtualService(
      'db',
      'b',
      '{ hosts: [db], tcp: [{ route: [{ destination: { host: db }, weight: 80 }, { destination: { host: web }, weight: 20 }] }] }',
    );
    const { route } = siteOf(planOf({ yaml: withCluster(split), to: 'db.b:3306' }));
    expect(route.connections).toMatchObject({ opaque: true, shared: true });
    expect(route.action).toMatchObject({ kind: 'forward', destinations: [{ weight: 80 }, { weight: 20 }] });
  });

  test('a caller without a sidecar has its own; the scenario says how long it keeps them', () => {
    const yaml = withCluster(...PLAIN);
    const spec = { connections: { idleNs: 5 * S } };
    const http = siteOf(planOf({ yaml, from: 'old.plain', workloads: { 'old.plain': spec } }));
    expect(http.route.connections).toMatchObject({ opaque: false, shared: true, idleNs: 5 * S, proxyIdleNs: 0 });
    const tcp = siteOf(planOf({ yaml, from: 'old.plain', to: 'db.b:3306' }));
    expect(tcp.route.connections).toMatchObject({ opaque: true, idleNs: 90 * S });
  });

  test('from outside only closed loops keep theirs, but for ports that are not HTTP', () => {
    const http = siteOf(planOf({ yaml: withCluster(), from: null, to: 'http://web/' }));
    expect(http.route.connections).toMatchObject({ opaque: false, shared: false });
    const tcp = siteOf(planOf({ yaml: withCluster(), from: null, to: 'db.b:3306' }));
    expect(tcp.route.connections).toMatchObject({ opaque: true, shared: true });
  });

  test('an upgrade to HTTP/2 is nothing for a port of which no HTTP is read; what gRPC speaks through it is', () => {
    const rule = destinationRule(
      'db',
      'b',
      '{ host: db, trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: UPGRADE } } } }',
    );
    expect(planOf({ yaml: withCluster(rule), to: 'db.b:3306' }).clusters[0]!.protocol).toBe('http1');
    expect(planOf({ yaml: withCluster(rule), to: 'grpc://db.b:3306' }).clusters[0]!.protocol).toBe('http2');
  });
});
