// ServiceEntries of one host (istio: pilot/pkg/model/sidecar_test.go, "merge service ports"; sidecar.go canMergeServices).
import { describe, expect, test } from 'vitest';
import { explainPath } from '../../../models/plan/explain/index.js';
import { codes, compile, input, istio, withCluster } from './support.js';

const entry = (name: string, more: string): string =>
  istio('ServiceEntry', name, 'a', `{ hosts: [books.example.com], location: MESH_EXTERNAL, ${more} }`);
const WEB = entry('web', 'resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }]');
const ADMIN = entry(
  'admin',
  'resolution: DNS, ports: [{ number: 80, name: x, protocol: TCP }, { number: 8081, name: http-a, protocol: HTTP }]',
);

const clusterOf = (to: string, ...documents: string[]): string | null => {
  const { explanation } = explainPath(input({ yaml: withCluster(...documents) }), {
    from: 'client.a',
    to,
    method: 'GET',
    path: '/',
    headers: {},
    isVersionAssumed: false,
  });
  return explanation === null ? null : explanation.hops[0]!.route.destinations[0]!.cluster;
};

describe('ServiceEntries of one host in one namespace', () => {
  test('their ports are merged; of two with one number the first counts', () => {
    expect(clusterOf('http://books.example.com:8081/', WEB, ADMIN)).toBe('outbound|8081||books.example.com');
    expect(clusterOf('http://books.example.com/', WEB, ADMIN)).toBe('outbound|80||books.example.com');
    const { plan } = compile({ yaml: withCluster(WEB, ADMIN), to: 'http://books.example.com:8081/' });
    expect(plan!.workloads.filter(({ name }) => name === 'books.example.com')).toHaveLength(1);
  });

  test.each([
    [
      'resolution',
      entry(
        'young',
        'resolution: STATIC, ports: [{ number: 5432, name: tcp, protocol: TCP }], endpoints: [{ address: 192.0.2.7 }]',
      ),
    ],
    [
      'exportTo',
      entry('young', 'exportTo: ["."], resolution: DNS, ports: [{ number: 5432, name: tcp, protocol: TCP }]'),
    ],
  ])('one with another %s is left out, and that is said', (difference, other) => {
    const { plan, diagnostics } = compile({ yaml: withCluster(WEB, other), to: 'http://books.example.com/' });
    expect(plan).not.toBeNull();
    expect(diagnostics.find(({ code }) => code === 'service-entry-left-out')?.message).toContain(difference);
    expect(clusterOf('tcp://books.example.com:5432', WEB, other)).toBe('passthrough|5432||books.example.com');
  });

  test('the same ports again change nothing', () => {
    const { diagnostics } = compile({
      yaml: withCluster(WEB, WEB.replace('name: web', 'name: again')),
      to: 'http://books.example.com/',
    });
    expect(codes(diagnostics, 'warning')).not.toContain('service-entry-left-out');
  });
});
