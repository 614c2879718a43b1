// ST2508: an autoscaler without room.
import { numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const idleAutoscaler: Rule = {
  code: 'ST2508',
  name: 'IdleAutoscaler',
  title: 'an autoscaler without room to scale',
  severity: 'info',
  why: 'minReplicas equals maxReplicas: it never changes anything, and hides that capacity is fixed.',
  help: 'raise maxReplicas, or delete the autoscaler',
  source: 'kubernetes: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler)',
  check(mesh, report) {
    for (const scaler of mesh.all('autoscaling', 'HorizontalPodAutoscaler')) {
      const max = numberAt(scaler.value, 'spec', 'maxReplicas');
      const min = numberAt(scaler.value, 'spec', 'minReplicas') ?? 1;
      if (max !== null && max <= min)
        report(scaler, ['spec', 'maxReplicas'], `there are always ${max}: nothing is scaled`);
    }
  },
};
