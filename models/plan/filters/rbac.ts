// Whether AuthorizationPolicies let a request of one class pass, settled in the plan.
// istio: pilot/pkg/security/authz/builder/builder.go, pilot/pkg/security/authz/model/{model,generator,permission,principal}.go,
// pilot/pkg/security/authz/matcher/*.go; envoy: source/extensions/filters/common/rbac/{engine_impl,matchers}.cc.
import { fieldOf, type PlainMap } from '../../config/document.js';
import type {
  AuthorizationCondition,
  AuthorizationOperation,
  AuthorizationRule,
  AuthorizationSource,
} from '../../config/kinds/authorization-policy.js';
import { type Address, isInside } from '../terms/address.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';
import { matchesPath, matchesText } from '../terms/text-pattern.js';
import { textsOf } from './jwt.js';

/** What a proxy knows of a request. */
export interface RequestFacts {
  /** `cluster.local/ns/shop/sa/cart`; null: the peer speaks plaintext, or no mTLS of the mesh. */
  readonly principal: string | null;
  readonly source: Address;
  readonly remote: Address;
  readonly request: RequestClass;
  /** Port of the pods. */
  readonly port: number;
  readonly claims: PlainMap | null;
  /** Not HTTP: only addresses, identities and ports are seen. */
  readonly opaque: boolean;
}

/** Attributes that nothing here knows; conditions on them are taken as not met. */
export function isUnknownAttribute(key: string): boolean {
  return key === 'destination.ip' || key === 'connection.sni' || key.startsWith('experimental.');
}

/**
 * Index of the first rule that holds; -1: none does. On ports without HTTP an ALLOW rule that looks at HTTP counts for nothing, while other actions forget
 * what of a rule looks at HTTP, and so hold for more.
 */
export function holdingRule(
  rules: readonly AuthorizationRule[],
  action: 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT',
  namespace: string,
  facts: RequestFacts,
): number {
  return rules.findIndex((rule) => {
    if (facts.opaque && looksAtHttp(rule)) {
      return action !== 'ALLOW' && ruleHolds(withoutHttp(rule), namespace, facts);
    }
    return ruleHolds(rule, namespace, facts);
  });
}

function ruleHolds({ from, to, when }: AuthorizationRule, namespace: string, facts: RequestFacts): boolean {
  return (
    (from.length === 0 || from.some((source) => sourceHolds(source, namespace, facts))) &&
    (to.length === 0 || to.some((operation) => operationHolds(operation, facts))) &&
    when.every((condition) => conditionHolds(condition, namespace, facts))
  );
}

type Test = (value: string) => boolean;

/** One of `values` holds (or there are none), and none of `notValues`. */
function holds(values: readonly string[], notValues: readonly string[], test: Test): boolean {
  return (values.length === 0 || values.some(test)) && !notValues.some(test);
}

function sourceHolds(source: AuthorizationSource, policyNamespace: string, facts: RequestFacts): boolean {
  return (
    holds(source.principals, source.notPrincipals, onPrincipal(facts)) &&
    holds(source.serviceAccounts, source.notServiceAccounts, onServiceAccount(facts, policyNamespace)) &&
    holds(source.namespaces, source.notNamespaces, onNamespace(facts)) &&
    holds(source.trustDomains, source.notTrustDomains, onTrustDomain(facts)) &&
    holds(source.requestPrincipals, source.notRequestPrincipals, onRequestPrincipal(facts)) &&
    holds(source.ipBlocks, source.notIpBlocks, (block) => isInside(facts.source, block)) &&
    holds(source.remoteIpBlocks, source.notRemoteIpBlocks, (block) => isInside(facts.remote, block))
  );
}

function onPrincipal({ principal }: RequestFacts): Test {
  return (pattern) => principal !== null && matchesText(pattern, principal);
}

function onNamespace({ principal }: RequestFacts): Test {
  const namespace = principal === null ? null : (principal.split('/')[2] ?? '');
  return (pattern) => namespace !== null && matchesText(pattern, namespace);
}

function onServiceAccount({ principal }: RequestFacts, policyNamespace: string): Test {
  const [, , namespace = '', , account = ''] = principal === null ? [] : principal.split('/');
  return (name) => {
    const whole = name.includes('/') ? name : `${policyNamespace}/${name}`;
    return principal !== null && whole === `${namespace}/${account}`;
  };
}

function onTrustDomain({ principal }: RequestFacts): Test {
  return (pattern) => principal !== null && matchesText(pattern, principal.split('/')[0]!);
}

function onRequestPrincipal({ claims }: RequestFacts): Test {
  const principal = requestPrincipal(claims);
  return (pattern) => principal !== null && matchesText(pattern, principal);
}

/** `issuer/subject`; null without a token. */
function requestPrincipal(claims: PlainMap | null): string | null {
  if (claims === null) return null;
  const issuer = textsOf(fieldOf(claims, 'iss'))[0] ?? '';
  const subject = textsOf(fieldOf(claims, 'sub'))[0] ?? '';
  return issuer === '' && subject === '' ? null : `${issuer}/${subject}`;
}

function operationHolds(operation: AuthorizationOperation, { request, port }: RequestFacts): boolean {
  const { hosts, notHosts, ports, notPorts, methods, notMethods, paths, notPaths } = operation;
  const authority = request.authority.toLowerCase();
  return (
    holds(hosts, notHosts, (pattern) => matchesText(pattern.toLowerCase(), authority)) &&
    holds(ports, notPorts, (text) => Number(text) === port) &&
    holds(methods, notMethods, (pattern) => matchesText(pattern, request.method)) &&
    holds(paths, notPaths, (pattern) => matchesPath(pattern, request.path))
  );
}

function conditionHolds(
  { key, values, notValues }: AuthorizationCondition,
  policyNamespace: string,
  facts: RequestFacts,
): boolean {
  return !isUnknownAttribute(key) && holds(values, notValues, testOf(key, policyNamespace, facts));
}

function testOf(key: string, policyNamespace: string, facts: RequestFacts): Test {
  const { request, claims, port } = facts;
  switch (key) {
    case 'source.ip':
      return (block) => isInside(facts.source, block);
    case 'remote.ip':
      return (block) => isInside(facts.remote, block);
    case 'source.namespace':
      return onNamespace(facts);
    case 'source.principal':
      return onPrincipal(facts);
    case 'source.serviceAccount':
      return onServiceAccount(facts, policyNamespace);
    case 'source.trustDomain':
      return onTrustDomain(facts);
    case 'request.auth.principal':
      return onRequestPrincipal(facts);
    case 'request.auth.audiences':
      return anyText(textsOf(fieldOf(claims ?? {}, 'aud')));
    case 'request.auth.presenter':
      return anyText(textsOf(fieldOf(claims ?? {}, 'azp')));
    case 'destination.port':
      return (text) => Number(text) === port;
    default: {
      const names = [...key.matchAll(/\[([^\]]*)\]/g)].map(([, name]) => name!);
      if (key.startsWith('request.headers[')) return anyText(headerTexts(request, names[0] ?? ''));
      return anyText(textsOf(claimAt(claims, names)));
    }
  }
}

function anyText(texts: readonly string[]): Test {
  return (pattern) => texts.some((text) => matchesText(pattern, text));
}

function headerTexts(request: RequestClass, name: string): string[] {
  switch (name.toLowerCase()) {
    case ':authority':
    case 'host':
      return [request.authority];
    case ':method':
      return [request.method];
    case ':path':
      return [request.query === '' ? request.path : `${request.path}?${request.query}`];
    default: {
      const value = headerValue(request.headers, name.toLowerCase());
      return value === null ? [] : [value];
    }
  }
}

function claimAt(claims: PlainMap | null, names: readonly string[]): ReturnType<typeof fieldOf> {
  let value: ReturnType<typeof fieldOf> = claims ?? undefined;
  for (const name of names) value = fieldOf(value, name);
  return value;
}

function looksAtHttp({ from, to, when }: AuthorizationRule): boolean {
  return (
    from.some((source) => source.requestPrincipals.length + source.notRequestPrincipals.length > 0) ||
    to.some(
      ({ hosts, notHosts, methods, notMethods, paths, notPaths }) =>
        hosts.length + notHosts.length + methods.length + notMethods.length + paths.length + notPaths.length > 0,
    ) ||
    when.some(({ key }) => key.startsWith('request.'))
  );
}

function withoutHttp({ from, to, when }: AuthorizationRule): AuthorizationRule {
  return {
    from: from.map((source) => ({ ...source, requestPrincipals: [], notRequestPrincipals: [] })),
    to: to.map(({ ports, notPorts }) => ({
      hosts: [],
      notHosts: [],
      methods: [],
      notMethods: [],
      paths: [],
      notPaths: [],
      ports,
      notPorts,
    })),
    when: when.filter(({ key }) => !key.startsWith('request.')),
  };
}
