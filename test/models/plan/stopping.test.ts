// How the pods of a workload end, as the plan has it from the YAML and the scenario.
import { describe, expect, it } from 'vitest';
import type { StoppingPlan } from '../../../models/plan/contract/stopping-plan.js';
import { deployment, namespace, planOf, request, service, type Wish } from './support.js';

const S = 1_000_000_000;

interface Pods {
  readonly kind?: string;
  readonly annotations?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly more?: string;
}

function yaml({ kind = 'Deployment', annotations = '', pod = '', container = '', more = '' }: Pods): string {
  return `${namespace('a')}---
${namespace('b')}---
${deployment('client', 'a', { app: 'client' }, 1)}---
${service('web', 'b', ['{ name: http, port: 80 }'])}---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: b }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: {${annotations}} }
    spec: { ${pod} containers: [{ name: web, image: web, ${container} }] }
${more}`;
}

function stoppingOf(pods: Pods, input: Wish['input'] = {}): StoppingPlan {
  const plan = planOf({
    yaml: yaml(pods),
    requests: [request({})],
    input: { autoscaling: true, istioVersion: '1.26', ...input },
  });
  return plan.workloads.find(({ name }) => name === 'web')!.stopping!;
}

const CONFIG = (text: string): string => `proxy.istio.io/config: "${text}"`;

describe('how pods end', () => {
  it('has the defaults of Kubernetes and Istio where nobody says anything', () => {
    expect(stoppingOf({})).toEqual({
      graceSeconds: 30,
      hookNs: 0,
      onSigterm: 'exit',
      proxy: {
        isNative: false,
        hookNs: 0,
        terminationDrainNs: 5 * S,
        exitsOnZeroConnections: false,
        minimumDrainNs: 5 * S,
      },
    });
  });

  it('is absent where nothing ends a pod', () => {
    const plan = planOf({ yaml: yaml({}), requests: [request({})] });
    expect(plan.workloads.every(({ stopping }) => stopping === undefined)).toBe(true);
  });

  it('reads the grace period and the hooks that sleep', () => {
    expect(stoppingOf({ pod: 'terminationGracePeriodSeconds: 60,' }).graceSeconds).toBe(60);
    expect(stoppingOf({ container: 'lifecycle: { preStop: { sleep: { seconds: 12 } } }' }).hookNs).toBe(12 * S);
    const shell = 'lifecycle: { preStop: { exec: { command: [sh, -c, "sleep 7 && nginx -s quit"] } } }';
    expect(stoppingOf({ container: shell }).hookNs).toBe(7 * S);
    expect(stoppingOf({ container: 'lifecycle: { preStop: { httpGet: { path: /stop, port: 80 } } }' }).hookNs).toBe(0);
  });

  it('reads the drain of the proxy: annotation before mesh', () => {
    const mesh = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |-
    defaultConfig: { terminationDrainDuration: 20s, proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true", MINIMUM_DRAIN_DURATION: 3s } }
`;
    expect(stoppingOf({ more: mesh }).proxy).toMatchObject({
      terminationDrainNs: 20 * S,
      exitsOnZeroConnections: true,
      minimumDrainNs: 3 * S,
    });
    const annotations = CONFIG(
      '{ terminationDrainDuration: 45s, proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: false } }',
    );
    expect(stoppingOf({ more: mesh, annotations }).proxy).toMatchObject({
      terminationDrainNs: 45 * S,
      exitsOnZeroConnections: false,
    });
  });

  it('has native sidecars from 1.27 on, unless the pod says otherwise', () => {
    expect(stoppingOf({}, { istioVersion: '1.27' }).proxy?.isNative).toBe(true);
    const annotations = 'sidecar.istio.io/nativeSidecar: "false"';
    expect(stoppingOf({ annotations }, { istioVersion: '1.27' }).proxy?.isNative).toBe(false);
  });

  it('has no proxy where none is injected', () => {
    expect(stoppingOf({ annotations: 'sidecar.istio.io/inject: "false"' }).proxy).toBeNull();
  });
});
