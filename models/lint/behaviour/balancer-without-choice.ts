// ST2208: a load balancer for a host whose pods the client chooses itself.
import { dig, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies, serviceOf } from './policies.js';

export const balancerWithoutChoice: Rule = {
  code: 'ST2208',
  name: 'BalancerWithoutChoice',
  title: 'a load balancer that does nothing',
  severity: 'warning',
  why: 'For a headless Service the proxy sends each connection to the address that the client dialled; PASSTHROUGH asks for just that. Balancing, its warm-up and its locality settings have no part in it.',
  help: 'use a Service with a cluster IP, or leave loadBalancer out',
  source: 'istio: pilot/pkg/networking/core/cluster_builder.go (convertResolution: ORIGINAL_DST)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const balancer = mapAt(value, 'loadBalancer');
      if (balancer === null) continue;
      const service = serviceOf(mesh, rule);
      const simple = textAt(balancer, 'simple');
      const isHeadless = service !== null && textAt(service.value, 'spec', 'clusterIP') === 'None';
      if (isHeadless && simple !== 'PASSTHROUGH')
        report(
          rule,
          [...path, 'loadBalancer'],
          `${service.name} is headless: the client chooses the pod, and ${simple ?? 'the balancer'} does nothing`,
        );
      const extra = ['warmup', 'warmupDurationSecs', 'localityLbSetting'].find((field) => isSet(balancer, field));
      if (simple === 'PASSTHROUGH' && extra !== undefined)
        report(rule, [...path, 'loadBalancer', extra], `${extra} does nothing with PASSTHROUGH`);
    }
  },
};

function isSet(value: Parameters<typeof dig>[0], field: string): boolean {
  const found = dig(value, field);
  return found !== undefined && found !== null;
}
