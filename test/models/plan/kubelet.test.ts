// What the kubelet has to do for an application, as the plan has it: probes of the YAML with Kubernetes' defaults, and the start-up of the scenario.
import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../../models/plan/compile.js';
import type { KubeletPlan } from '../../../models/plan/contract/kubelet-plan.js';
import { input, type Wish } from './support.js';

const S = 1_000_000_000;

function kubeletOf(containers: string, more: Partial<Wish['input']> = {}): KubeletPlan | undefined {
  const yaml = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: b }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { terminationGracePeriodSeconds: 45, containers: [${containers}] }
`;
  const { plan } = compilePlan(input({ yaml, from: null, input: { autoscaling: true, ...more } }));
  return plan!.workloads.find(({ name }) => name === 'web')!.kubelet;
}

describe('probes in the plan', () => {
  it('have the defaults of Kubernetes, of which a 0 is one', () => {
    const probes =
      'readinessProbe: { httpGet: { path: /, port: 80 } }, livenessProbe: { tcpSocket: { port: 80 }, timeoutSeconds: 0 }';
    const defaults = {
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
      graceSeconds: null,
    };
    expect(kubeletOf(`{ name: web, ${probes} }`)).toEqual({
      startup: null,
      readiness: { ...defaults, asks: 'request' },
      liveness: { ...defaults, asks: 'connection' },
      graceNs: 45 * S,
      bootNs: null,
    });
  });

  it('are as written', () => {
    const probe =
      'grpc: { port: 9 }, initialDelaySeconds: 3, periodSeconds: 2, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 30, terminationGracePeriodSeconds: 7';
    expect(kubeletOf(`{ name: web, startupProbe: { ${probe} } }`)?.startup).toEqual({
      initialDelaySeconds: 3,
      periodSeconds: 2,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 30,
      graceSeconds: 7,
      asks: 'request',
    });
  });

  it('are those of the first container that is no proxy', () => {
    const probe = (seconds: number) => `readinessProbe: { exec: { command: [x] }, periodSeconds: ${seconds} }`;
    const containers = `{ name: istio-proxy, ${probe(1)} }, { name: web, ${probe(2)} }, { name: helper, ${probe(3)} }`;
    expect(kubeletOf(containers)?.readiness?.periodSeconds).toBe(2);
  });

  it('are not there where nothing probes, and where the pods of a run stay as they are', () => {
    expect(kubeletOf('{ name: web }')).toBeUndefined();
    const probed = '{ name: web, readinessProbe: { httpGet: { port: 80 } } }';
    expect(kubeletOf(probed, { autoscaling: false })).toBeUndefined();
  });
});
