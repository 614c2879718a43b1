// Endpoints outside of Kubernetes, from YAML to the requests that they get (istio: pilot/pkg/serviceregistry/serviceentry/controller_test.go,
// pilot/pkg/serviceregistry/serviceregistry_test.go TestWorkloadInstances).

import { describe, expect, test } from 'vitest';
import { wayTo } from '../../models/plan/contract/cluster-plan.js';
import { load } from '../models/config/helpers.js';
import { istio, onlyCluster, outcome, planOf, withCluster } from '../models/plan/support.js';
import { onlyOutcome, runIstio } from '../support/istio-run.js';

function entry(name: string, spec: string, metadata = ''): string {
  return `apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: ${name}, namespace: b${metadata} }\nspec: ${spec}\n`;
}

const VM = entry('vm', '{ address: 10.0.0.1, labels: { app: web, version: v1 } }');
const MESH_VM = entry('vm', '{ address: 10.0.0.1, labels: { app: web, version: v1 }, serviceAccount: web }');

/** Least request would prefer the pods: the way to the machine is longer. */
const TURNS = istio(
  'DestinationRule',
  'turns',
  'b',
  '{ host: web, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }',
);

/** Share of the requests that the machine gets in turn. */
function share(...documents: readonly string[]): number {
  const { plan, result } = runIstio({ yaml: withCluster(TURNS, ...documents) });
  const ofVm = plan.workloads.findIndex(({ name }) => name === 'vm');
  const all = result.workloads.filter((_, index) => plan.workloads[index]!.service === 'web');
  return result.workloads[ofVm]!.arrivals / all.reduce((sum, { arrivals }) => sum + arrivals, 0);
}

describe('a WorkloadEntry', () => {
  test('is an endpoint of a Kubernetes Service that selects it', () => {
    expect(outcome(planOf({ yaml: withCluster(VM) }))).toBe('web-v1+web-v2+vm');
    expect(share(VM)).toBeCloseTo(0.2, 1);
  });

  test('has a weight', () => {
    const heavy = entry('vm', '{ address: 10.0.0.1, labels: { app: web, version: v1 }, weight: 16 }');
    expect(share(heavy)).toBeCloseTo(0.8, 1);
  });

  test('has the labels of its metadata before those of its spec', () => {
    const yaml = withCluster(entry('vm', '{ address: 10.0.0.1, labels: { app: other } }', ', labels: { app: web }'));
    expect(outcome(planOf({ yaml }))).toBe('web-v1+web-v2+vm');
  });

  test('stands behind a ServiceEntry with a selector, beside pods', () => {
    const service = istio(
      'ServiceEntry',
      'legacy',
      'b',
      '{ hosts: [legacy.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }], workloadSelector: { labels: { version: v1, app: web } } }',
    );
    const wish = { yaml: withCluster(VM, service), to: 'http://legacy.example.com/' };
    expect(outcome(planOf(wish))).toBe('web-v1+vm');
    expect(onlyOutcome(wish)).toBe('200 -');
  });

  test('speaks mTLS where it has an identity or says so, and has a proxy then; else plaintext', () => {
    const modes = (vm: string): string[] => {
      const cluster = onlyCluster(planOf({ yaml: withCluster(vm) }));
      return [wayTo(cluster, 2).tls.mode, wayTo(cluster, 0).tls.mode];
    };
    expect(modes(VM)).toEqual(['none', 'mtls']);
    expect(modes(MESH_VM)).toEqual(['mtls', 'mtls']);
    const labelled = '{ address: 10.0.0.1, labels: { app: web, security.istio.io/tlsMode: istio } }';
    expect(modes(entry('vm', labelled))).toEqual(['mtls', 'mtls']);
    const proxyOf = (vm: string) =>
      planOf({ yaml: withCluster(vm) }).workloads.find(({ name }) => name === 'vm')!.proxy;
    expect(proxyOf(VM)).toBeNull();
    expect(proxyOf(MESH_VM)).toMatchObject({ workers: 4, cpuLimitMillis: null });
  });

  test('with a proxy obeys PeerAuthentication: a client that speaks plaintext is reset by STRICT', () => {
    const strict =
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: b }\nspec: { mtls: { mode: STRICT } }\n';
    const rule = istio('DestinationRule', 'web', 'b', '{ host: web, trafficPolicy: { tls: { mode: DISABLE } } }');
    expect(onlyOutcome({ yaml: withCluster(MESH_VM, strict, rule) })).toBe('503 UC');
    expect(Object.keys(runIstio({ yaml: withCluster(VM, strict, rule) }).outcomes).sort()).toEqual(['200 -', '503 UC']);
  });

  test.each([
    ['{ labels: { app: web } }', 'spec.address'],
    ['{ address: "not a host" }', 'spec.address'],
    ['{ address: "unix:///sock", ports: { http: 80 } }', 'spec.ports'],
    ['{ address: 10.0.0.1, ports: { Not_A_Name: 80 } }', 'spec.ports'],
  ])('%s is refused', (spec, place) => {
    const set = load(entry('vm', spec));
    expect(set.workloadEntries).toEqual([]);
    expect(set.diagnostics[0]!.message).toContain(place);
  });
});
