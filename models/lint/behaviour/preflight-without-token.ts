// ST2411: a policy at a gateway that asks for a token, and a corsPolicy behind it.
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, mapAt, textAt, textsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import {
  firstField,
  operationsOf,
  policiesWith,
  rulesOf,
  selectedGateways,
  sourcesOf,
  type WrittenRule,
} from './authorization.js';

export const preflightWithoutToken: Rule = {
  code: 'ST2411',
  name: 'PreflightWithoutToken',
  title: 'a token asked for where CORS preflights arrive',
  severity: 'warning',
  why: 'Browsers send the OPTIONS request of CORS without a token. In the chain of a gateway authorization comes before CORS: the preflight is refused with 403 before corsPolicy can answer it, and the browser never sends the real request.',
  help: 'allow methods: [OPTIONS] in a rule of its own, or leave OPTIONS out by notMethods',
  source: 'istio: pilot/pkg/networking/core/listener_builder.go (buildHTTPConnectionManager: authz before Cors)',
  check(mesh, report) {
    for (const policy of policiesWith(mesh, 'ALLOW')) {
      const route = corsRoute(mesh, selectedGateways(mesh, policy));
      if (route === null || isPreflightAllowed(mesh, policy)) continue;
      for (const rule of rulesOf(policy)) {
        const source = sourcesOf(rule).find(({ value }) => textsAt(value, 'requestPrincipals').length > 0);
        if (source !== undefined)
          report(policy, [...source.path, 'requestPrincipals'], `preflights for ${route.title} have no token: 403`);
      }
    }
    for (const policy of policiesWith(mesh, 'DENY')) {
      const route = corsRoute(mesh, selectedGateways(mesh, policy));
      if (route === null) continue;
      for (const rule of rulesOf(policy)) {
        const source = sourcesOf(rule).find(({ value }) => textsAt(value, 'notRequestPrincipals').includes('*'));
        if (source === undefined || !takesOptions(rule)) continue;
        report(policy, [...source.path, 'notRequestPrincipals'], `preflights for ${route.title} have no token: 403`);
      }
    }
  },
};

/** A VirtualService with a corsPolicy that one of the Gateways serves. */
function corsRoute(mesh: LintMesh, gateways: readonly LintObject[]): LintObject | null {
  const names = gateways.map(({ fullName }) => fullName);
  const found = httpRoutes(mesh.virtualServices).find(
    ({ object, route }) =>
      mapAt(route, 'corsPolicy') !== null &&
      textsAt(object.value, 'spec', 'gateways').some((name) =>
        names.includes(name.includes('/') || object.namespace === '' ? name : `${object.namespace}/${name}`),
      ),
  );
  return found?.object ?? null;
}

/** Whether some ALLOW rule for the same gateways takes OPTIONS without a token. */
function isPreflightAllowed(mesh: LintMesh, policy: LintObject): boolean {
  const own = selectedGateways(mesh, policy);
  return policiesWith(mesh, 'ALLOW')
    .filter((other) => selectedGateways(mesh, other).some((gateway) => own.includes(gateway)))
    .flatMap(rulesOf)
    .some((rule) => {
      const sources = sourcesOf(rule);
      const asks = listAt(rule.value, 'when').some((condition) =>
        (textAt(condition, 'key') ?? '').startsWith('request.auth.'),
      );
      const isOpen =
        sources.length === 0 || sources.some(({ value }) => firstField(value, ['requestPrincipals']) === null);
      return isOpen && !asks && takesOptions(rule);
    });
}

function takesOptions(rule: WrittenRule): boolean {
  const operations = operationsOf(rule);
  return (
    operations.length === 0 ||
    operations.some(({ value }) => {
      const methods = textsAt(value, 'methods');
      return (
        (methods.length === 0 || methods.includes('OPTIONS') || methods.includes('*')) &&
        !textsAt(value, 'notMethods').includes('OPTIONS')
      );
    })
  );
}
