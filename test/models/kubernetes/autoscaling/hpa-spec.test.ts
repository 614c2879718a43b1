import { expect, test } from 'vitest';
import { completeBehavior, DEFAULT_HPA_FLAGS } from '../../../../models/kubernetes/autoscaling/hpa-spec.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('a behavior that says nothing', () => {
  expect(completeBehavior({})).toEqual({
    scaleUp: {
      stabilizationNs: 0,
      selectPolicy: 'Max',
      policies: [
        { kind: 'Pods', value: 4, periodNs: 15 * S },
        { kind: 'Percent', value: 100, periodNs: 15 * S },
      ],
      tolerance: null,
    },
    scaleDown: {
      stabilizationNs: 300 * S,
      selectPolicy: 'Max',
      policies: [{ kind: 'Percent', value: 100, periodNs: 15 * S }],
      tolerance: null,
    },
  });
});

test('what is written takes the place of its default, lists as a whole; the window of the way down is a flag', () => {
  const flags = { ...DEFAULT_HPA_FLAGS, downscaleStabilizationNs: 60 * S };
  const policies = [{ kind: 'Pods', value: 1, periodNs: 60 * S }] as const;
  const { scaleUp, scaleDown } = completeBehavior({ scaleUp: { policies } }, flags);
  expect(scaleUp.policies).toEqual(policies);
  expect(scaleDown.stabilizationNs).toBe(60 * S);
});
