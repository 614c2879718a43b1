// Machines that register with a WorkloadGroup (istio: pilot/pkg/autoregistration/controller_test.go, pkg/config/validation/validation_test.go
// TestValidateWorkloadGroup).
import { describe, expect, test } from 'vitest';
import { errors, load } from '../models/config/helpers.js';
import { compile, istio, outcome, planOf, withCluster } from '../models/plan/support.js';
import { runIstio } from '../support/istio-run.js';

const group = (spec: string): string => istio('WorkloadGroup', 'vm', 'b', spec);
const VM = group(
  '{ metadata: { labels: { app: web, version: v1 } }, template: { ports: { http: 8080 }, serviceAccount: web, weight: 4, labels: { version: old } } }',
);
const TURNS = istio(
  'DestinationRule',
  'turns',
  'b',
  '{ host: web, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }',
);
const machines = (replicas: number) => ({ workloads: { 'vm.b': { replicas } } });

function share(replicas: number | null): number {
  const wish = { yaml: withCluster(TURNS, VM) };
  const { plan, result } = runIstio(replicas === null ? wish : { ...wish, ...machines(replicas) });
  const of = (name: string) => result.workloads[plan.workloads.findIndex((own) => own.name === name)]!.arrivals;
  return of('vm') / (of('vm') + of('web-v1') + of('web-v2'));
}

describe('a WorkloadGroup', () => {
  test('has as many machines as the scenario says, with its labels, weight and identity', () => {
    expect(share(2)).toBeCloseTo((2 * 4) / (2 * 4 + 4), 1);
    const plan = planOf({ yaml: withCluster(VM), ...machines(2) });
    const vm = plan.workloads.find(({ name }) => name === 'vm')!;
    expect(vm).toMatchObject({
      kind: 'external',
      version: 'v1',
      podLocalities: [expect.any(Number), expect.any(Number)],
    });
    expect(vm.proxy).not.toBeNull();
  });

  test('has none where nobody says so, and the list of fidelity says that', () => {
    expect(share(null)).toBe(0);
    expect(compile({ yaml: withCluster(VM) }).fidelity.map(({ resource }) => resource)).toContain('WorkloadGroup b/vm');
  });

  test('adds nothing to its entries in the YAML', () => {
    const entry = `apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: vm-10.0.0.1, namespace: b, annotations: { istio.io/autoRegistrationGroup: vm } }\nspec: { address: 10.0.0.1, labels: { app: web } }\n`;
    expect(outcome(planOf({ yaml: withCluster(VM, entry) }))).toBe('web-v1+web-v2+vm-10.0.0.1');
  });

  test('needs a template; its probe is listed', () => {
    expect(errors(load(group('{ metadata: { labels: { app: web } } }')))).toEqual(['error missing-field 4:1']);
    const probed = load(group('{ template: { serviceAccount: web }, probe: { httpGet: { port: 80 } } }'));
    expect(probed.fidelity.map(({ path, status }) => `${status} ${path}`)).toEqual(['not-modelled spec.probe']);
  });
});
