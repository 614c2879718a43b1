// ST1149: routing by claims of a token that nobody checks.
import { selects } from '../../plan/terms/visibility.js';
import { SECURITY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, mapAt, textMapAt, textsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { gatewayPods, gatewaySelector, isDefaultGateway } from './gateway-pods.js';

const CLAIM = /^@request\.auth\.claims[.[]/;

export const jwtClaimRoute: Rule = {
  code: 'ST1149',
  alias: 'IST0149',
  name: 'JwtClaimBasedRoutingWithoutRequestAuthN',
  title: 'routes by claims of tokens without RequestAuthentication',
  severity: 'error',
  why: 'Only RequestAuthentication puts claims where routes see them: without it, the route never matches.',
  help: 'add a RequestAuthentication that selects the pods of the gateway',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/jwtclaimroute.go',
  check(mesh, report) {
    const policies = mesh.all(SECURITY, 'RequestAuthentication');
    const covers = (labels: Readonly<Record<string, string>>, namespace: string): boolean =>
      policies.some(
        (policy) =>
          (policy.namespace === 'istio-system' || policy.namespace === namespace) &&
          selects(textMapAt(policy.value, 'spec', 'selector', 'matchLabels'), labels),
      );
    for (const object of mesh.virtualServices) {
      const claim = claimIn(object);
      if (claim === null) continue;
      for (const name of textsAt(object.value, 'spec', 'gateways')) {
        const fullName = name.includes('/') ? name : `${object.namespace}/${name}`;
        const gateway = mesh.gateways.find((candidate) => candidate.fullName === fullName);
        if (gateway === undefined) continue;
        const pods = gatewayPods(mesh, gateway);
        const isBare =
          pods.some(({ labels, namespace }) => !covers(labels, namespace)) ||
          (isDefaultGateway(mesh, gatewaySelector(gateway)) && !covers(gatewaySelector(gateway), 'istio-system'));
        if (isBare) report(object, ['spec', 'http'], `nothing checks the token of ${claim} at the Gateway ${fullName}`);
      }
    }
  },
};

function claimIn(object: LintObject): string | null {
  for (const { route } of httpRoutes([object])) {
    for (const match of listAt(route, 'match')) {
      const names = [
        ...Object.keys(mapAt(match, 'headers') ?? {}),
        ...Object.keys(mapAt(match, 'withoutHeaders') ?? {}),
      ];
      const claim = names.find((name) => CLAIM.test(name));
      if (claim !== undefined) return claim;
    }
  }
  return null;
}
