// ST2703: a prefix that is replaced by a slash and leaves two of them.
import type { PlainValue } from '../../config/document.js';
import { GATEWAY_API, type LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, mapAt, textAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { isIngressOfIstio } from './authorization.js';

export const doubleSlash: Rule = {
  code: 'ST2703',
  name: 'DoubleSlash',
  title: 'a replaced prefix that leaves two slashes',
  severity: 'warning',
  why: 'A prefix is text, and text takes its place: /shop replaced by / makes //cart of /shop/cart. Servers answer that with 404 or a redirect. (A URLRewrite of an HTTPRoute is put right by Istio; a RequestRedirect is not, nor is a VirtualService.)',
  help: 'match the prefix with its slash first: /shop/ replaced by /, then /shop alone',
  source:
    'istio: pilot/pkg/networking/core/route/route.go (ApplyRedirect, PrefixRewrite), pilot/pkg/config/kube/gateway/conversion.go (createRedirectFilter); envoy: source/common/router/config_impl.cc (getPathWithPrefixRewrite)',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const seen: string[] = [];
      for (const { route, path } of httpRoutes([object])) {
        const prefixes = listAt(route, 'match').flatMap((match) => textAt(match, 'uri', 'prefix') ?? []);
        seen.push(...prefixes);
        const uri = textAt(route, 'rewrite', 'uri') ?? '';
        const bare = uri.endsWith('/')
          ? prefixes.find((prefix) => isBare(prefix) && !seen.includes(`${prefix}/`))
          : undefined;
        if (bare === undefined) continue;
        report(
          object,
          [...path, 'rewrite', 'uri'],
          `${bare}/x becomes ${uri}/x: the prefix ${bare} has no slash at its end`,
        );
      }
    }
    for (const route of mesh.all(GATEWAY_API, 'HTTPRoute')) {
      if (!isOfIstio(mesh, route)) continue;
      listAt(route.value, 'spec', 'rules').forEach((rule, index) => {
        const bare = prefixesOf(rule).find(isBare);
        const at = listAt(rule, 'filters').findIndex((filter) => endsInSlash(filter));
        if (bare === undefined || at < 0) return;
        const field = ['spec', 'rules', index, 'filters', at, 'requestRedirect', 'path', 'replacePrefixMatch'];
        report(
          route,
          field,
          `${bare}/x is redirected to //x`,
          'redirect with ReplaceFullPath, or match what is behind the prefix',
        );
      });
    }
  },
};

function isBare(prefix: string): boolean {
  return prefix !== '' && !prefix.endsWith('/');
}

function prefixesOf(rule: PlainValue): string[] {
  return listAt(rule, 'matches').flatMap((match) => {
    const path = mapAt(match, 'path');
    const type = textAt(path ?? undefined, 'type') ?? 'PathPrefix';
    return path === null || type !== 'PathPrefix' ? [] : [(textAt(path, 'value') ?? '/').replace(/\/$/, '')];
  });
}

function endsInSlash(filter: PlainValue): boolean {
  const path = mapAt(filter, 'requestRedirect', 'path');
  return (
    textAt(path ?? undefined, 'type') === 'ReplacePrefixMatch' &&
    (textAt(path ?? undefined, 'replacePrefixMatch') ?? '').endsWith('/')
  );
}

/** Whether a parent in the input is a Gateway of Istio. */
function isOfIstio(mesh: LintMesh, route: LintObject): boolean {
  return listAt(route.value, 'spec', 'parentRefs').some((ref) => {
    if ((textAt(ref, 'kind') ?? 'Gateway') !== 'Gateway') return false;
    const namespace = textAt(ref, 'namespace') ?? route.namespace;
    const name = textAt(ref, 'name') ?? '';
    const gateway = mesh.all(GATEWAY_API, 'Gateway').find((one) => one.name === name && one.namespace === namespace);
    return gateway !== undefined && isIngressOfIstio(mesh, gateway);
  });
}
