// Istio's AuthorizationPolicy (istio api: security/v1/authorization_policy.proto; istio: pkg/config/validation/validation.go
// ValidateAuthorizationPolicy, pkg/config/security/security.go).
import { isIpAddress } from '../names.js';
import type { Place } from '../place.js';
import { string, strings, word } from '../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { PROTO } from './istio-fields.js';
import type { KindContext } from './kind.js';
import { selectionFields, selectionOf, type WorkloadSelection, type WrittenSelection } from './workload-selection.js';

export interface AuthorizationPolicySpec extends WorkloadSelection {
  readonly action: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';
  /** null where absent, which is not the same as a rule without conditions. */
  readonly rules: readonly AuthorizationRule[] | null;
  readonly provider: string;
  /** `istio.io/dry-run: "true"`: evaluated, never enforced. */
  readonly dryRun: boolean;
}

/** All parts must hold; a list that is empty holds always, else one of its entries must. `when`: all of them. */
export interface AuthorizationRule {
  readonly from: readonly AuthorizationSource[];
  readonly to: readonly AuthorizationOperation[];
  readonly when: readonly AuthorizationCondition[];
}

export interface AuthorizationSource {
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly serviceAccounts: readonly string[];
  readonly notServiceAccounts: readonly string[];
  readonly requestPrincipals: readonly string[];
  readonly notRequestPrincipals: readonly string[];
  readonly namespaces: readonly string[];
  readonly notNamespaces: readonly string[];
  readonly trustDomains: readonly string[];
  readonly notTrustDomains: readonly string[];
  readonly ipBlocks: readonly string[];
  readonly notIpBlocks: readonly string[];
  readonly remoteIpBlocks: readonly string[];
  readonly notRemoteIpBlocks: readonly string[];
}

export interface AuthorizationOperation {
  readonly hosts: readonly string[];
  readonly notHosts: readonly string[];
  readonly ports: readonly string[];
  readonly notPorts: readonly string[];
  readonly methods: readonly string[];
  readonly notMethods: readonly string[];
  readonly paths: readonly string[];
  readonly notPaths: readonly string[];
}

export interface AuthorizationCondition {
  readonly key: string;
  readonly values: readonly string[];
  readonly notValues: readonly string[];
}

const values: Schema<readonly string[]> = checked(strings, (list, place) => {
  list.forEach((value, index) => {
    if (value === '') place.child(index).rejectedByIstio('an empty value is not allowed', 'use "*" for "is present"');
  });
});

/** Texts in which a `*` means something at one end only (istio: pilot/pkg/security/authz/matcher/string.go). */
const patterns: Schema<readonly string[]> = checked(values, (list, place) => {
  list.forEach((pattern, index) => {
    warnOfInnerWildcard(pattern, place.child(index));
  });
});

function warnOfInnerWildcard(pattern: string, place: Place): void {
  if (!pattern.replace(/^\*|\*$/, '').includes('*')) return;
  place.warn(
    'inner-wildcard',
    `"${pattern}" matches nothing of the kind that is meant: a * stands for any text at the beginning or at the end alone, elsewhere for itself`,
    'use one * at one end, or name what is meant',
  );
}

/** `issuer/subject`. */
const requestPrincipals: Schema<readonly string[]> = checked(patterns, (list, place) => {
  list.forEach((principal, index) => {
    if (principal.includes('/') || principal.includes('*')) return;
    place
      .child(index)
      .warn(
        'principal-without-issuer',
        `no token has the principal "${principal}": it is the issuer, a slash and the subject`,
        `write ISSUER/${principal}, or "*/${principal}"`,
      );
  });
});

const ipBlocks: Schema<readonly string[]> = checked(strings, (list, place) => {
  list.forEach((block, index) => {
    const [address, length, ...rest] = block.split('/');
    const width = address!.includes(':') ? 128 : 32;
    const valid = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= width);
    if (rest.length > 0 || !isIpAddress(address!) || !valid) {
      place.child(index).rejectedByIstio(`"${block}" is neither an address nor a block of addresses`, 'use 10.0.0.0/8');
    }
  });
});

const ports: Schema<readonly string[]> = checked(strings, (list, place) => {
  list.forEach((port, index) => {
    const number = /^\d+$/.test(port) ? Number(port) : 0;
    if (number < 1 || number > 65535)
      place.child(index).rejectedByIstio(`"${port}" is not a port`, 'use "1" to "65535"');
  });
});

const paths: Schema<readonly string[]> = checked(values, (list, place) => {
  list.forEach((path, index) => {
    if (isPathTemplate(path)) checkPathTemplate(path, place.child(index));
    else warnOfInnerWildcard(path, place.child(index));
  });
});

/** Whether a path is a template: it has `{*}` or `{**}` in it. */
export function isPathTemplate(path: string): boolean {
  return path.includes('{*}') || path.includes('{**}');
}

/** `{**}` is the last operator, each operator is a whole segment, and no other wildcard is there. */
function checkPathTemplate(path: string, place: Place): void {
  let isClosed = false;
  for (const segment of path.replace(/^\/+|\/+$/g, '').split('/')) {
    const isOperator = segment === '{*}' || segment === '{**}';
    if (isOperator && isClosed)
      place.rejectedByIstio('{**} is not the last operator of the path', 'use one {**}, after all {*}');
    if (segment === '{**}') isClosed = true;
    if (!isOperator && /[*{}]/.test(segment))
      place.rejectedByIstio(`"${segment}" mixes a wildcard with other text`, 'use {*} or {**} as a whole segment');
  }
}

const source: Schema<AuthorizationSource> = checked(
  object<AuthorizationSource>(
    'a source',
    {
      principals: defaulted('principals', patterns, []),
      notPrincipals: defaulted('notPrincipals', patterns, []),
      serviceAccounts: defaulted('serviceAccounts', values, []),
      notServiceAccounts: defaulted('notServiceAccounts', values, []),
      requestPrincipals: defaulted('requestPrincipals', requestPrincipals, []),
      notRequestPrincipals: defaulted('notRequestPrincipals', requestPrincipals, []),
      namespaces: defaulted('namespaces', patterns, []),
      notNamespaces: defaulted('notNamespaces', patterns, []),
      trustDomains: defaulted('trustDomains', patterns, []),
      notTrustDomains: defaulted('notTrustDomains', patterns, []),
      ipBlocks: defaulted('ipBlocks', ipBlocks, []),
      notIpBlocks: defaulted('notIpBlocks', ipBlocks, []),
      remoteIpBlocks: defaulted('remoteIpBlocks', ipBlocks, []),
      notRemoteIpBlocks: defaulted('notRemoteIpBlocks', ipBlocks, []),
    },
    PROTO,
  ),
  (found, place) => {
    if (Object.values(found).every((list) => list.length === 0))
      place.rejectedByIstio('the source is empty', 'name principals, namespaces or addresses, or leave `from` out');
    const accounts = found.serviceAccounts.length + found.notServiceAccounts.length > 0;
    const others =
      found.principals.length + found.notPrincipals.length + found.namespaces.length + found.notNamespaces.length > 0;
    if (accounts && others)
      place.rejectedByIstio('serviceAccounts cannot stand beside namespaces or principals', 'use one of them');
  },
);

const operation: Schema<AuthorizationOperation> = checked(
  object<AuthorizationOperation>(
    'an operation',
    {
      hosts: defaulted('hosts', patterns, []),
      notHosts: defaulted('notHosts', patterns, []),
      ports: defaulted('ports', ports, []),
      notPorts: defaulted('notPorts', ports, []),
      methods: defaulted('methods', values, []),
      notMethods: defaulted('notMethods', values, []),
      paths: defaulted('paths', paths, []),
      notPaths: defaulted('notPaths', paths, []),
    },
    PROTO,
  ),
  (found, place) => {
    if (Object.values(found).every((list) => list.length === 0))
      place.rejectedByIstio('the operation is empty', 'name hosts, ports, methods or paths, or leave `to` out');
  },
);

const from: Schema<AuthorizationSource> = mapped(
  object<{ source: AuthorizationSource }>('a from clause', { source: required('source', source) }, PROTO),
  (clause) => clause.source,
);

const to: Schema<AuthorizationOperation> = mapped(
  object<{ operation: AuthorizationOperation }>('a to clause', { operation: required('operation', operation) }, PROTO),
  (clause) => clause.operation,
);

const CONDITION_KEYS: readonly string[] = [
  'source.ip',
  'remote.ip',
  'source.namespace',
  'source.principal',
  'source.serviceAccount',
  'source.trustDomain',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'destination.ip',
  'destination.port',
  'connection.sni',
];
const CONDITION_PREFIXES: readonly string[] = [
  'request.headers[',
  'request.auth.claims[',
  'experimental.envoy.filters.',
];

const condition: Schema<AuthorizationCondition> = checked(
  object<AuthorizationCondition>(
    'a condition',
    {
      key: defaulted('key', string, ''),
      values: defaulted('values', strings, []),
      notValues: defaulted('notValues', strings, []),
    },
    PROTO,
  ),
  (found, place) => {
    const { key } = found;
    if (key === '') place.rejectedByIstio('the condition has no key', 'add key, e.g. request.headers[x-user]');
    else if (!CONDITION_KEYS.includes(key) && !CONDITION_PREFIXES.some((prefix) => key.startsWith(prefix)))
      place
        .child('key')
        .rejectedByIstio(`"${key}" is not an attribute`, `use ${CONDITION_KEYS.slice(0, 4).join(', ')} …`);
    if (found.values.length + found.notValues.length === 0)
      place.rejectedByIstio('the condition has neither values nor notValues', 'add one of them');
  },
);

interface WrittenRule {
  readonly from: readonly AuthorizationSource[] | null;
  readonly to: readonly AuthorizationOperation[] | null;
  readonly when: readonly AuthorizationCondition[];
}

const rule: Schema<AuthorizationRule> = mapped(
  object<WrittenRule>(
    'a rule',
    {
      from: optional('from', listOf('sources', from)),
      to: optional('to', listOf('operations', to)),
      when: defaulted('when', listOf('conditions', condition), []),
    },
    PROTO,
  ),
  (written, place) => {
    if (written.from?.length === 0)
      place.child('from').rejectedByIstio('from is empty', 'add a source or leave it out');
    if (written.to?.length === 0) place.child('to').rejectedByIstio('to is empty', 'add an operation or leave it out');
    return { from: written.from ?? [], to: written.to ?? [], when: written.when };
  },
);

interface Written extends WrittenSelection {
  readonly action: AuthorizationPolicySpec['action'];
  readonly rules: readonly AuthorizationRule[] | null;
  readonly provider: { readonly name: string } | null;
}

export function authorizationPolicySchema(context: KindContext): Schema<AuthorizationPolicySpec> {
  return mapped(
    object<Written>(
      'an AuthorizationPolicy',
      {
        ...selectionFields,
        action: defaulted('action', word(['ALLOW', 'DENY', 'AUDIT', 'CUSTOM']), 'ALLOW'),
        rules: optional('rules', listOf('rules', rule)),
        provider: optional(
          'provider',
          object<{ name: string }>('a provider', { name: defaulted('name', string, '') }, PROTO),
        ),
      },
      PROTO,
    ),
    (written, place) => {
      check(written, place);
      return {
        ...selectionOf(written),
        action: written.action,
        rules: written.rules,
        provider: written.provider?.name ?? '',
        dryRun: context.annotations['istio.io/dry-run'] === 'true',
      };
    },
  );
}

function check({ action, rules, provider }: Written, place: Place): void {
  if (rules === null && (action === 'DENY' || action === 'CUSTOM'))
    place.rejectedByIstio(`${action} without rules is never met`, 'add "rules: [{}]" to meet every request');
  if (provider !== null && action !== 'CUSTOM')
    place.child('provider').rejectedByIstio(`a provider cannot stand beside ${action}`, 'use action: CUSTOM');
  if (action === 'CUSTOM') checkCustom(rules ?? [], provider?.name ?? '', place);
  if (action === 'ALLOW' && rules === null)
    place.warn(
      'denies-everything',
      'an ALLOW policy without rules denies every request',
      'add "rules: [{}]" to allow all',
    );
}

/** What an external authorizer decides is asked before tokens are checked and by one filter for all workloads. */
function checkCustom(rules: readonly AuthorizationRule[], provider: string, place: Place): void {
  if (provider === '') place.rejectedByIstio('CUSTOM needs the name of a provider', 'add provider: {name: …}');
  rules.forEach((found, index) => {
    const at = place.down('rules', index);
    for (const clause of found.from) {
      const lists = Object.entries(clause) as [string, readonly string[]][];
      if (lists.every(([name, list]) => list.length === 0 || name.endsWith('pBlocks'))) continue;
      at.child('from').rejectedByIstio(
        'a CUSTOM policy cannot look at identities',
        'use ipBlocks, or paths, hosts and methods',
      );
    }
    for (const { key } of found.when) {
      if (!/^source\.(namespace|serviceAccount|principal)$|^request\.auth\./.test(key)) continue;
      at.child('when').rejectedByIstio(`a CUSTOM policy cannot look at ${key}`, 'leave it out');
    }
  });
}
