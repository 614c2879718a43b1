// ST2215: a warm-up that the balancer does not know.
import { dig, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const warmupWithoutEffect: Rule = {
  code: 'ST2215',
  name: 'WarmupWithoutEffect',
  title: 'a warm-up with a balancer that has none',
  severity: 'warning',
  why: 'Slow start exists for round robin and least request only. With RANDOM or a consistent hash a new pod gets its full share at once, cold caches and all.',
  help: 'use LEAST_REQUEST or ROUND_ROBIN, or delete the warm-up',
  source: 'envoy: source/extensions/load_balancing_policies/common/load_balancer_impl.cc (EdfLoadBalancerBase)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const balancer = mapAt(value, 'loadBalancer');
      const field = ['warmup', 'warmupDurationSecs'].find(
        (name) => (dig(balancer ?? undefined, name) ?? null) !== null,
      );
      if (balancer === null || field === undefined) continue;
      const isHash = mapAt(balancer, 'consistentHash') !== null;
      const isRandom = textAt(balancer, 'simple') === 'RANDOM';
      if (isHash || isRandom)
        report(
          rule,
          [...path, 'loadBalancer', field],
          `${field} does nothing with ${isHash ? 'consistentHash' : 'RANDOM'}`,
        );
    }
  },
};
