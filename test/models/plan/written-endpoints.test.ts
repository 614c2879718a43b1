// Services without a selector: the endpoints that somebody wrote by hand are who answers.
import { describe, expect, test } from 'vitest';
import { load, shown } from '../config/helpers.js';
import { compile, planOf, withCluster } from './support.js';

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: old, namespace: b }\nspec: { ports: [{ name: http, port: 80 }] }\n';

function slice(endpoints: string, name = 'old-1', more = ''): string {
  return `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, namespace: b, labels: { kubernetes.io/service-name: old } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [${endpoints}]
${more}`;
}

const ENDPOINTS = `apiVersion: v1
kind: Endpoints
metadata: { name: old, namespace: b }
subsets: [{ addresses: [{ ip: 10.0.0.1 }, { ip: 10.0.0.2 }], notReadyAddresses: [{ ip: 10.0.0.3 }], ports: [{ name: http, port: 80 }] }]
`;

/** The zones of the endpoints of `old`, or null where nobody answers. */
function zonesOf(...documents: readonly string[]): string[] | null {
  const plan = planOf({ yaml: withCluster(SERVICE, ...documents), to: 'http://old.b/' });
  const workload = plan.workloads.find(({ name, kind }) => name === 'old' && kind === 'external');
  return (
    workload?.podLocalities.map((index) => `${plan.localities[index]!.region}/${plan.localities[index]!.zone}`) ?? null
  );
}

describe('written endpoints', () => {
  test('slices: ready ones, in their zones, each address once', () => {
    const zones = zonesOf(
      slice('{ addresses: [10.0.0.1], zone: eu-west-1a }, { addresses: [10.0.0.2], conditions: { ready: false } }'),
      slice('{ addresses: [10.0.0.1], zone: eu-west-1a }, { addresses: [10.0.0.4], zone: eu-west-1b }', 'old-2'),
    );
    expect(zones).toEqual(['eu-west-1/eu-west-1a', 'eu-west-1/eu-west-1b']);
  });

  test('Endpoints, where there are no slices', () => {
    expect(zonesOf(ENDPOINTS)).toHaveLength(2);
    expect(zonesOf(ENDPOINTS, slice('{ addresses: [10.0.0.9] }'))).toHaveLength(1);
  });

  test('nobody is ready, or nobody wrote any: nobody answers', () => {
    expect(zonesOf(slice('{ addresses: [10.0.0.1], conditions: { ready: false } }'))).toBeNull();
    expect(zonesOf()).toBeNull();
  });

  test('a Service with a selector has its pods: what the cluster wrote for it counts for nothing', () => {
    const copy = ENDPOINTS.replace('name: old', 'name: web');
    expect(planOf({ yaml: withCluster(copy) }).workloads).toEqual(planOf({ yaml: withCluster() }).workloads);
  });

  test('a port that no endpoint has is said', () => {
    const other = slice('{ addresses: [10.0.0.1] }').replace('name: http', 'name: web');
    const { fidelity } = compile({ yaml: withCluster(SERVICE, other), to: 'http://old.b/' });
    expect(fidelity.filter(({ resource }) => resource === 'Service b/old')).toMatchObject([
      { status: 'approximated', path: 'spec.ports[0].name' },
    ]);
  });

  test('are checked as the API server does', () => {
    expect(shown(load(slice('{ addresses: [10.0.0.300] }')).diagnostics)).toEqual([
      'error rejected-by-kubernetes 6:27',
    ]);
    expect(shown(load(slice('{ addresses: ["::1"] }')).diagnostics)).toEqual(['error rejected-by-kubernetes 6:27']);
    expect(shown(load(slice('{ addreses: [10.0.0.1] }')).diagnostics)[0]).toBe('warning unknown-field 6:15');
    expect(shown(load(slice('').replace('kubernetes.io/service-name', 'app')).diagnostics)).toEqual([
      'warning endpoints-of-nobody 1:1',
    ]);
    expect(load(ENDPOINTS).fidelity).toEqual([]);
  });
});
