// AuthorizationPolicies settled for each class and caller. Expectations as in Istio's own cases: istio: pilot/pkg/security/authz/builder/
// testdata/{http,tcp}, pilot/pkg/security/authz/matcher/*_test.go, tests/integration/security/authz_test.go.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { TrafficRequestInput } from '../../../../models/plan/settings/input.js';
import { isInside } from '../../../../models/plan/terms/address.js';
import { matchesPath, matchesText } from '../../../../models/plan/terms/text-pattern.js';
import { compile, deployment, istio, planOf, request, service, virtualService, withCluster } from '../support.js';
import { answerOf, gatewaySite, inboundOf, kinds, outboundOf, policy } from './support.js';

interface Trial {
  readonly policies: readonly string[];
  readonly request?: Partial<TrafficRequestInput>;
  readonly to?: string;
  readonly account?: string;
}

const CALLER = { spec: '{ serviceAccountName: x, containers: [{ name: app, image: app }] }' };

/** What the server's sidecar answers to a request of a workload with the service account `a/x`. */
function answer({ policies, request: asked = {}, to }: Trial): number {
  const caller = deployment('client', 'a', { app: 'client' }, 1, CALLER);
  const plan = planOf({
    yaml: withCluster(caller, ...policies),
    requests: [request(asked)],
    ...(to === undefined ? {} : { to }),
  });
  return answerOf(inboundOf(plan));
}

describe('the order of actions', () => {
  test('no policy: no filter', () => {
    expect(inboundOf(planOf({ yaml: withCluster() }))).toEqual([]);
  });

  test('an empty spec denies everything (case 46)', () => {
    expect(answer({ policies: [policy('{}')] })).toBe(403);
  });

  test('an ALLOW policy with an empty rule allows everything', () => {
    expect(answer({ policies: [policy('{ rules: [{}] }')] })).toBe(200);
  });

  test('DENY comes before ALLOW (case 47)', () => {
    const policies = [
      policy('{ action: DENY, rules: [{ to: [{ operation: { methods: [GET] } }] }] }', { name: 'deny' }),
      policy('{ rules: [{}] }', { name: 'allow' }),
    ];
    expect(answer({ policies })).toBe(403);
    expect(answer({ policies, request: { method: 'POST' } })).toBe(200);
  });

  test('a DENY policy alone lets the rest pass', () => {
    const policies = [policy('{ action: DENY, rules: [{ to: [{ operation: { paths: [/admin*] } }] }] }')];
    expect(answer({ policies, request: { path: '/admin/users' } })).toBe(403);
    expect(answer({ policies, request: { path: '/' } })).toBe(200);
  });

  test('AUDIT and dry runs decide nothing, and cost time', () => {
    const dry = policy('{}', { annotations: '"istio.io/dry-run": "true"' });
    const audit = policy('{ action: AUDIT, rules: [{}] }', { name: 'audit' });
    const filters = inboundOf(planOf({ yaml: withCluster(dry, audit) }));
    expect(filters).toEqual([
      {
        kind: 'rbac',
        name: expect.stringContaining('inbound 8080 mTLS'),
        cpuNs: 5100,
        latencyNs: 0,
        status: 0,
        decidedBy: null,
      },
    ]);
  });

  test('CUSTOM asks its provider about what it matches, before everything else', () => {
    const policies = [
      policy('{ action: CUSTOM, provider: { name: opa }, rules: [{ to: [{ operation: { paths: [/a] } }] }] }', {
        name: 'custom',
      }),
      policy('{ rules: [{}] }'),
    ];
    const at = (path: string) => inboundOf(planOf({ yaml: withCluster(...policies), requests: [request({ path })] }));
    expect(kinds(at('/a'))).toEqual(['ext-authz', 'rbac']);
    expect(kinds(at('/b'))).toEqual(['rbac']);
  });

  test('CUSTOM policies of two providers deny what they match before 1.30', () => {
    const custom = (name: string) => policy(`{ action: CUSTOM, provider: { name: ${name} }, rules: [{}] }`, { name });
    const yaml = withCluster(custom('one'), custom('two'));
    const { plan, diagnostics } = compile({ yaml, input: { istioVersion: '1.29' } });
    expect(answerOf(inboundOf(plan!))).toBe(403);
    expect(diagnostics.map(({ code }) => code)).toContain('several-authorizers');
  });
});

describe('who is meant', () => {
  test('policies of the root namespace and of the workload, by label', () => {
    expect(answer({ policies: [policy('{}', { namespace: 'istio-system' })] })).toBe(403);
    expect(answer({ policies: [policy('{}', { namespace: 'c' })] })).toBe(200);
    expect(answer({ policies: [policy('{ selector: { matchLabels: { app: web } } }')] })).toBe(403);
    expect(answer({ policies: [policy('{ selector: { matchLabels: { app: other } } }')] })).toBe(200);
  });

  test('never the proxy of the caller', () => {
    const plan = planOf({ yaml: withCluster(policy('{}', { namespace: 'a' })) });
    expect(outboundOf(plan)).toEqual([]);
    expect(inboundOf(plan)).toEqual([]);
  });

  test.each([
    ['principals: [cluster.local/ns/a/sa/x]', 200],
    ['principals: [cluster.local/ns/a/sa/y]', 403],
    ['principals: ["*/sa/x"]', 200],
    ['principals: ["*"]', 200],
    ['notPrincipals: [cluster.local/ns/a/sa/x]', 403],
    ['namespaces: [a]', 200],
    ['namespaces: ["a*"]', 200],
    ['namespaces: [b, c]', 403],
    ['notNamespaces: [b]', 200],
    ['serviceAccounts: [a/x]', 200],
    ['serviceAccounts: [x]', 403],
    ['notServiceAccounts: [x]', 200],
    ['trustDomains: [cluster.local]', 200],
    ['ipBlocks: [10.0.0.0/8]', 200],
    ['ipBlocks: [203.0.113.0/24]', 403],
    ['notIpBlocks: [203.0.113.0/24]', 200],
    ['namespaces: [a], notPrincipals: ["*/sa/y"]', 200],
    ['requestPrincipals: ["*"]', 403],
  ])('{ %s } → %i (case 48)', (source, expected) => {
    expect(answer({ policies: [policy(`{ rules: [{ from: [{ source: { ${source} } }] }] }`)] })).toBe(expected);
  });

  test('a caller without a sidecar has no identity', () => {
    const bare = deployment('client', 'a', { app: 'client' }, 1, { annotations: '"sidecar.istio.io/inject": "false"' });
    const at = (source: string) =>
      answerOf(
        inboundOf(planOf({ yaml: withCluster(bare, policy(`{ rules: [{ from: [{ source: { ${source} } }] }] }`)) })),
      );
    expect(at('namespaces: [a]')).toBe(403);
    expect(at('notNamespaces: [b]')).toBe(200);
    expect(at('notPrincipals: ["*"]')).toBe(200);
  });
});

describe('what is meant', () => {
  test.each([
    ['methods: [GET]', 200],
    ['methods: [get]', 403],
    ['notMethods: [GET]', 403],
    ['hosts: [WEB.b]', 200],
    ['hosts: ["web.b:80"]', 403],
    ['hosts: ["*.b"]', 200],
    ['paths: [/a/1/b]', 200],
    ['paths: [/a/*]', 200],
    ['paths: ["*/b"]', 200],
    ['paths: ["/a/{*}/b"]', 200],
    ['paths: ["/a/{*}"]', 403],
    ['paths: ["/a/{**}"]', 200],
    ['notPaths: ["/a*"]', 403],
    ['ports: ["8080"]', 200],
    ['ports: ["80"]', 403],
    ['notPorts: ["80"]', 200],
    ['methods: [GET], paths: [/other]', 403],
  ])('{ %s } → %i', (operation, expected) => {
    const policies = [policy(`{ rules: [{ to: [{ operation: { ${operation} } }] }] }`)];
    expect(answer({ policies, request: { path: '/a/1/b?x=1' } })).toBe(expected);
  });

  test.each([
    ['key: "request.headers[x-user]", values: [ann]', 200],
    ['key: "request.headers[X-User]", values: ["a*"]', 200],
    ['key: "request.headers[x-other]", values: ["*"]', 403],
    ['key: "request.headers[x-other]", notValues: ["*"]', 200],
    ['key: source.namespace, values: [a]', 200],
    ['key: source.principal, notValues: ["*/sa/x"]', 403],
    ['key: source.serviceAccount, values: [a/x]', 200],
    ['key: source.ip, values: [172.16.5.0/24]', 200],
    ['key: remote.ip, values: [198.51.100.0/24]', 200],
    ['key: remote.ip, values: [198.51.101.0/24]', 403],
    ['key: destination.port, values: ["8080"]', 200],
    ['key: connection.sni, values: ["*"]', 403],
  ])('when { %s } → %i', (condition, expected) => {
    const policies = [policy(`{ rules: [{ when: [{ ${condition} }] }] }`)];
    const headers = { 'X-User': 'ann', 'x-forwarded-for': '192.0.2.1, 198.51.100.7' };
    expect(answer({ policies, request: { headers } })).toBe(expected);
  });

  test('all parts of a rule must hold, one rule is enough', () => {
    const rule = '{ from: [{ source: { namespaces: [a] } }], to: [{ operation: { methods: [POST] } }] }';
    expect(answer({ policies: [policy(`{ rules: [${rule}] }`)] })).toBe(403);
    const other = '{ to: [{ operation: { methods: [PUT] } }, { operation: { methods: [GET] } }] }';
    expect(answer({ policies: [policy(`{ rules: [${rule}, ${other}] }`)] })).toBe(200);
  });

  test('on a port without HTTP an ALLOW rule about HTTP is dropped, a DENY rule forgets it (case 49)', () => {
    const to = 'http://db.b:3306/';
    const http = 'to: [{ operation: { methods: [POST] } }]';
    expect(answer({ policies: [policy(`{ rules: [{ ${http} }] }`)], to })).toBe(403);
    expect(answer({ policies: [policy(`{ action: DENY, rules: [{ ${http} }] }`)], to })).toBe(403);
    expect(answer({ policies: [policy('{ rules: [{ from: [{ source: { namespaces: [a] } }] }] }')], to })).toBe(200);
  });
});

describe('at a gateway', () => {
  const GATEWAY = [
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: edge, labels: { istio-injection: enabled } }\n',
    deployment('edge', 'edge', { app: 'edge', istio: 'edge' }, 1),
    service('edge', 'edge', ['{ name: http, port: 80, targetPort: 8080 }']),
    istio(
      'Gateway',
      'gw',
      'b',
      '{ selector: { istio: edge }, servers: [{ port: { number: 80, name: h, protocol: HTTP }, hosts: ["*"] }] }',
    ),
    virtualService('web', 'b', '{ hosts: ["*"], gateways: [gw], http: [{ route: [{ destination: { host: web } }] }] }'),
  ];
  const at = (more: string, headers: Record<string, string> = {}) =>
    planOf({
      yaml: withCluster(...GATEWAY, more),
      from: null,
      to: 'http://shop.example.com/',
      requests: [request({ headers })],
    });

  test('the address of the client counts, where the request says it', () => {
    const only = policy('{ rules: [{ from: [{ source: { remoteIpBlocks: [198.51.100.0/24] } }] }] }', {
      namespace: 'edge',
    });
    expect(answerOf(outboundOf(at(only), gatewaySite(at(only))))).toBe(403);
    const known = at(only, { 'x-forwarded-for': '198.51.100.9' });
    expect(answerOf(outboundOf(known, gatewaySite(known)))).toBe(200);
  });

  test('the server behind it sees the identity of the gateway', () => {
    const only = policy('{ rules: [{ from: [{ source: { namespaces: [edge] } }] }] }');
    expect(answerOf(inboundOf(at(only), gatewaySite(at(only))))).toBe(200);
    const other = policy('{ rules: [{ from: [{ source: { principals: ["*/ns/edge/sa/other"] } }] }] }');
    expect(answerOf(inboundOf(at(other), gatewaySite(at(other))))).toBe(403);
  });
});

test('what is not known is said, with its place', () => {
  const text = policy('{ rules: [{ from: [{ source: { ipBlocks: [10.0.0.0/8] } }] }] }');
  const { fidelity } = compile({ yaml: withCluster(text) });
  const entry = fidelity.find(({ resource }) => resource === 'AuthorizationPolicy b/p');
  expect(entry).toMatchObject({ status: 'approximated', path: 'spec.rules[0]' });
  expect(entry!.position!.line).toBeGreaterThan(80);
});

describe('blocks of addresses', () => {
  const known = (text: string) => ({ kind: 'known', text }) as const;
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8/31', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::ffff:10.0.0.1', '::ffff:0a00:0/104', true],
    ['10.0.0.1', '::/8', false],
  ])('%s in %s: %s', (address, block, expected) => {
    expect(isInside(known(address), block)).toBe(expected);
  });

  property.prop([fc.ipV4(), fc.integer({ min: 0, max: 32 })])(
    'an address is in every block around it',
    (ip, length) => {
      expect(isInside(known(ip), `${ip}/${length}`)).toBe(true);
    },
  );

  test('pods have private addresses, clients outside have not', () => {
    expect(isInside({ kind: 'pod' }, '10.2.0.0/16')).toBe(true);
    expect(isInside({ kind: 'pod' }, '8.8.8.0/24')).toBe(false);
    expect(isInside({ kind: 'outside' }, '10.2.0.0/16')).toBe(false);
    expect(isInside({ kind: 'outside' }, '0.0.0.0/0')).toBe(true);
  });
});

describe('patterns', () => {
  property.prop([fc.string(), fc.string()])('a prefix, a suffix and presence', (a, b) => {
    fc.pre(!a.includes('*') && !b.includes('*'));
    if (a !== '') expect(matchesText(`${a}*`, a + b)).toBe(true);
    expect(matchesText(`*${b}`, a + b)).toBe(b !== '' || a !== '');
    expect(matchesText('*', a)).toBe(a !== '');
  });

  test.each([
    ['/{**}', '/a/b', true],
    ['/a/{**}/c', '/a/b/b/c', true],
    ['/a/{**}/c', '/a/c', true],
    ['/a/{*}/{**}', '/a/b', true],
    ['/a/{*}', '/a/', false],
    ['/a/{*}', '/a/{id}', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected);
  });
});
