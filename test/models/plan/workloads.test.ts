// What runs pods, and what is counted with its owner.
import { describe, expect, test } from 'vitest';
import { CLUSTER, planOf, withCluster } from './support.js';

const POD = 'metadata: { labels: { app: web } }, spec: { containers: [{ name: app, image: app }] }';

function podsOf(yaml: string): Record<string, number> {
  const plan = planOf({ yaml: withCluster(yaml) });
  const known = CLUSTER.match(/kind: Deployment\nmetadata: \{ name: ([\w-]+)/g)!.map((text) => text.split('name: ')[1]);
  return Object.fromEntries(
    plan.workloads
      .filter(({ name, kind }) => kind === 'app' && !known.includes(name))
      .map(({ name, podLocalities }) => [name, podLocalities.length]),
  );
}

describe('workloads', () => {
  test('a ReplicaSet and a ReplicationController of their own', () => {
    expect(
      podsOf(`apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: set, namespace: b }
spec: { replicas: 3, selector: { matchLabels: { app: web } }, template: { ${POD} } }
---
apiVersion: v1
kind: ReplicationController
metadata: { name: old, namespace: b }
spec: { replicas: 2, selector: { app: web }, template: { ${POD} } }
`),
    ).toEqual({ set: 3, old: 2 });
  });

  test('in a dump of the cluster, what a controller made is counted with its owner', () => {
    const owned = (kind: string, name: string): string =>
      `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u, controller: true }]`;
    expect(
      podsOf(`apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web-v1-7d9f, namespace: b, ${owned('Deployment', 'web-v1')} }
spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { ${POD} } }
---
apiVersion: v1
kind: Pod
metadata: { name: web-v1-7d9f-x, namespace: b, labels: { app: web }, ${owned('ReplicaSet', 'web-v1-7d9f')} }
spec: { containers: [{ name: app, image: app }] }
---
apiVersion: v1
kind: Pod
metadata: { name: lone, namespace: b, labels: { app: web } }
spec: { containers: [{ name: app, image: app }] }
`),
    ).toEqual({ lone: 1 });
  });

  test('a Rollout has pods as a Deployment has, or those of the Deployment that it refers to', () => {
    const rollout = (spec: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: canary, namespace: b }\nspec: ${spec}\n`;
    expect(podsOf(rollout(`{ replicas: 4, selector: { matchLabels: { app: web } }, template: { ${POD} } }`))).toEqual({
      canary: 4,
    });
    const referring = rollout('{ replicas: 5, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web-v1 } }');
    const plan = planOf({ yaml: withCluster(referring) });
    expect(plan.workloads.map(({ name }) => name)).not.toContain('web-v1');
    expect(plan.workloads.find(({ name }) => name === 'canary')?.podLocalities).toHaveLength(5);
  });
});
