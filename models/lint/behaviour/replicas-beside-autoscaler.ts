// ST2507: a number of replicas that an autoscaler and a pipeline fight over.
import { numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { autoscalerOf } from './policies.js';

export const replicasBesideAutoscaler: Rule = {
  code: 'ST2507',
  name: 'ReplicasBesideAutoscaler',
  title: 'replicas of a workload that has an autoscaler',
  severity: 'info',
  why: 'Each `kubectl apply` sets the number back: at peak a rollout first takes pods away, and the autoscaler needs minutes to bring them back.',
  help: 'delete spec.replicas',
  source: 'kubernetes: website content/en/docs/tasks/run-application/horizontal-pod-autoscale.md (migrating to HPA)',
  check(mesh, report) {
    for (const { object } of mesh.pods) {
      const replicas = numberAt(object.value, 'spec', 'replicas');
      const scaler = replicas === null ? null : autoscalerOf(mesh, object);
      if (scaler === null || object.kind === 'Pod') continue;
      report(object, ['spec', 'replicas'], `replicas: ${replicas} is set at each apply, and ${scaler.name} scales it`);
    }
  },
};
