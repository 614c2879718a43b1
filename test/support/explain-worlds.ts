// Small meshes with policies of every kind, and requests into them: what explain says of them is held against what a run of them observes.
import { fc } from '@fast-check/vitest';
import { expect } from 'vitest';
import { FLAG, flagNames } from '../../models/mesh/recording/flags.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import { compilePlan } from '../../models/plan/compile.js';
import { type Explanation, explainPath } from '../../models/plan/explain/index.js';
import { encodeToken } from '../../models/plan/terms/token.js';
import { deployment, input, istio, namespace, request, withCluster } from '../models/plan/support.js';
import { S } from './plans.js';

const json = (apiVersion: string, kind: string, name: string, inNamespace: string, spec: object): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name, namespace: inNamespace }, spec });

const HOST = 'web.b.svc.cluster.local';
const PATHS = ['/', '/a', '/a/b', '/admin'] as const;

const pathMatch = fc.constantFrom(
  ...PATHS.map((exact) => ({ uri: { exact } })),
  { uri: { prefix: '/a' } },
  { uri: { regex: '/a.*' } },
  { headers: { 'x-user': { exact: 'ann' } } },
  { method: { exact: 'POST' } },
);
const destination = fc.constantFrom(
  { host: HOST },
  { host: HOST, subset: 'v1' },
  { host: HOST, subset: 'v2' },
  { host: HOST, subset: 'empty' },
  { host: HOST, subset: 'gone' },
  { host: 'two.b.svc.cluster.local', port: { number: 80 } },
  { host: 'nobody.b.svc.cluster.local' },
);
const routed = fc
  .array(fc.record({ destination, weight: fc.constantFrom(20, 50, 80) }), { minLength: 1, maxLength: 2 })
  .map((route) => ({ route }));
const fault = fc.constantFrom(0, 30, 100).map((value) => ({ abort: { percentage: { value }, httpStatus: 418 } }));
const delay = fc.constantFrom(0, 100).map((value) => ({ delay: { percentage: { value }, fixedDelay: '10ms' } }));
const cors = fc.constantFrom(
  { allowOrigins: [{ exact: 'https://shop' }] },
  { allowOrigins: [{ exact: 'https://else' }] },
);
const retries = fc.constantFrom(
  { attempts: 0 },
  { attempts: 1, retryOn: '5xx' },
  { attempts: 2, retryOn: '403,connect-failure' },
  { attempts: 2, retryOn: 'retriable-status-codes,gateway-error,unavailable' },
);
const forwarding = fc
  .tuple(
    routed,
    fc.option(fc.oneof(fault, delay), { nil: undefined, freq: 3 }),
    fc.option(cors, { nil: undefined, freq: 2 }),
    fc.option(retries, { nil: undefined, freq: 1 }),
  )
  .map(([route, faulty, allowed, again]) => ({
    ...route,
    ...(faulty === undefined ? {} : { fault: faulty }),
    ...(allowed === undefined ? {} : { corsPolicy: allowed }),
    ...(again === undefined ? {} : { retries: again }),
  }));
const action = fc.oneof(
  { weight: 5, arbitrary: forwarding },
  { weight: 1, arbitrary: fc.constantFrom(200, 404, 503).map((status) => ({ directResponse: { status } })) },
  { weight: 1, arbitrary: fc.constant({ redirect: { authority: 'other.example' } }) },
);
const rule = fc
  .tuple(fc.array(pathMatch, { maxLength: 2 }), action)
  .map(([match, does]) => (match.length === 0 ? does : { match, ...does }));
const delegating = fc
  .array(pathMatch, { maxLength: 1 })
  .map((match) => ({ ...(match.length === 0 ? {} : { match }), delegate: { name: 'part', namespace: 'b' } }));
const rules = fc.array(fc.oneof({ weight: 4, arbitrary: rule }, { weight: 1, arbitrary: delegating }), {
  minLength: 1,
  maxLength: 3,
});

const source = fc.constantFrom(
  { namespaces: ['a'] },
  { namespaces: ['istio-system'] },
  { principals: ['*'] },
  { requestPrincipals: ['*'] },
  { notRequestPrincipals: ['*'] },
  { notNamespaces: ['a'] },
);
const operation = fc.constantFrom(
  { paths: ['/admin*'] },
  { paths: ['/a'] },
  { methods: ['POST', 'OPTIONS'] },
  { notMethods: ['GET'] },
  { hosts: ['shop.example'] },
);
const authorizationRule = fc.record(
  { from: source.map((from) => [{ source: from }]), to: operation.map((to) => [{ operation: to }]) },
  { requiredKeys: [] },
);
const place = fc.constantFrom(
  { namespace: 'b', selector: { matchLabels: { app: 'web' } } },
  { namespace: 'b', selector: { matchLabels: { version: 'v1' } } },
  { namespace: 'b' },
  { namespace: 'istio-system', selector: { matchLabels: { istio: 'ingressgateway' } } },
  { namespace: 'istio-system' },
);
const authorization = fc.record({
  place,
  action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY', 'DENY', 'AUDIT'),
  rules: fc.array(authorizationRule, { maxLength: 2 }),
});
const authentication = fc.record({
  place,
  jwtRules: fc.constantFrom(
    [{ issuer: 'me', jwks: '{}' }],
    [
      { issuer: 'me', jwks: '{}', audiences: ['shop'] },
      { issuer: 'you', jwks: '{}' },
    ],
  ),
});
const token = fc.constantFrom(
  encodeToken({ iss: 'me', sub: 'ann' }),
  encodeToken({ iss: 'me', sub: 'ann', aud: 'shop' }),
  encodeToken({ iss: 'they', sub: 'ann' }),
  'nonsense',
);
const headers = fc
  .record(
    {
      'x-user': fc.constantFrom('ann', 'bob'),
      authorization: token.map((text) => `Bearer ${text}`),
      origin: fc.constantFrom('https://shop', 'https://else'),
      'access-control-request-method': fc.constant('GET'),
    },
    { requiredKeys: [] },
  )
  .map((found) => ({ ...found }));

export const worlds = fc.record({
  rules,
  part: fc.array(rule, { minLength: 1, maxLength: 2 }),
  policies: fc.array(authorization, { maxLength: 3 }).map((all) => all.map((one, i) => ({ ...one, name: `p${i}` }))),
  tokens: fc.array(authentication, { maxLength: 1 }).map((all) => all.map((one, i) => ({ ...one, name: `t${i}` }))),
  mtls: fc.constantFrom('PERMISSIVE', 'STRICT'),
  shut: fc.option(fc.constantFrom('web', 'two'), { nil: null, freq: 8 }),
  grpc: fc.boolean(),
  from: fc.constantFrom('client.a', null, 'bare.plain'),
  method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
  path: fc.constantFrom(...PATHS),
  headers,
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function virtualServices({ rules: root, part }: World): string[] {
  const of = (name: string, spec: object): string => json('networking.istio.io/v1', 'VirtualService', name, 'b', spec);
  return [
    of('web', { hosts: [HOST, 'shop.example'], gateways: ['mesh', 'b/front'], http: root }),
    of('part', { http: part }),
  ];
}

function policyTexts({ policies, tokens }: World): string[] {
  return [
    ...policies.map(({ name, place: { namespace: owner, ...selected }, action: does, rules: its }) =>
      json('security.istio.io/v1', 'AuthorizationPolicy', name, owner, {
        ...selected,
        action: does,
        rules: its,
      }),
    ),
    ...tokens.map(({ name, place: { namespace: owner, ...selected }, jwtRules }) =>
      json('security.istio.io/v1', 'RequestAuthentication', name, owner, { ...selected, jwtRules }),
    ),
  ];
}

function yamlOf(world: World): string[] {
  const subset = (name: string, version: string): object => ({ name, labels: { version } });
  return [
    withCluster(
      namespace('istio-system'),
      namespace('plain', 'team: none'),
      deployment('bare', 'plain', { app: 'bare' }, 1),
      deployment('edge', 'istio-system', { istio: 'ingressgateway' }, 1),
      istio(
        'Gateway',
        'front',
        'b',
        '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
      ),
    ),
    json('networking.istio.io/v1', 'DestinationRule', 'web', 'b', {
      host: HOST,
      subsets: [subset('v1', 'v1'), subset('v2', 'v2'), subset('empty', 'v9')],
    }),
    json('security.istio.io/v1', 'PeerAuthentication', 'default', 'b', { mtls: { mode: world.mtls } }),
    ...(world.shut === null
      ? []
      : [
          json('networking.k8s.io/v1', 'NetworkPolicy', 'shut', 'b', {
            podSelector: { matchLabels: { app: world.shut } },
            policyTypes: ['Ingress'],
          }),
        ]),
    ...virtualServices(world),
    ...policyTexts(world),
  ];
}

interface Observed {
  readonly explanation: Explanation;
  /** `403 URX`, `200` …: what calls of a run got, one after the other. */
  readonly seen: ReadonlySet<string>;
}

/** What explain says of a request, and what `calls` such requests get in a run, one every twenty minutes. */
function both(world: World, calls: number): Observed | null {
  const { from, method, path, headers: sent, grpc } = world;
  const given = grpc ? { ...sent, 'content-type': 'application/grpc' } : sent;
  const to = from === null ? 'http://shop.example/' : `http://${HOST}/`;
  const base = input({ yaml: yamlOf(world), from, to, requests: [request({ method, path, headers: given })] });
  const { plan } = compilePlan(base);
  const { explanation } = explainPath(base, { from, to, method, path, headers: given, isVersionAssumed: false });
  if (plan === null || explanation === null) return null;
  const arrival = {
    kind: 'open' as const,
    process: 'constant' as const,
    profile: [{ atNs: 0, ratePerSecond: 1 / 1200 }],
  };
  const lone = { ...plan, traffic: plan.traffic.map((each) => ({ ...each, arrival })) };
  const durationNs = 1200 * calls * S;
  const result = simulate(lone, {
    seed: 'explain',
    replication: 0,
    warmupNs: 0,
    durationNs,
    intervalNs: durationNs,
    maxEvents: 1e6,
  });
  const outcomes = result.traffic[0]!.outcomes;
  // Callers without a proxy have no log with flags.
  const logged = explanation.hops[0]!.proxy.kind === 'none' ? 0 : ~FLAG.DI;
  return {
    explanation,
    seen: new Set(outcomes.map(({ status, flags }) => [status, ...flagNames(flags & logged)].join(' '))),
  };
}

/** What explain predicts, in the same words; the application answers 200. */
function predicted({ outcomes }: Explanation): Set<string> {
  return new Set(
    outcomes.map(({ status, flags }) => [status ?? 200, ...flags.filter((flag) => flag !== 'DI')].join(' ')),
  );
}

/** Calls of a run: a share of 20 % is missed by all of them with a probability of 1e-3. */
const CALLS = 30;

/** What explain says is what a run observes: nothing else, and where it is one answer just that. */
export function agrees(world: World): void {
  const found = both(world, CALLS);
  expect(found).not.toBeNull();
  const { explanation, seen } = found!;
  const { outcomes } = explanation;
  expect(outcomes.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
  const undecided = outcomes.flatMap(({ unless }) => unless).filter((why) => !why.startsWith('another try'));
  expect(undecided).toEqual([]);
  const told = predicted(explanation);
  for (const answer of seen) expect([...told]).toContain(answer);
  if (told.size === 1) expect(seen).toEqual(told);
}

/** The policies that are named refuse it by themselves, in a run as well; without them they are not named, and the run agrees again. */
export function decides(world: World): void {
  const { explanation } = both(world, 1)!;
  for (const { decidedBy, status } of explanation.outcomes) {
    if (decidedBy === null) continue;
    const names = decidedBy.policies.map(({ policy }) => policy.slice(policy.indexOf('/') + 1));
    const isNamed = ({ name }: { readonly name: string }): boolean => names.includes(name);
    const alone = both({ ...world, policies: world.policies.filter(isNamed) }, CALLS)!;
    const same = alone.explanation.outcomes.find(
      (outcome) =>
        JSON.stringify(outcome.decidedBy?.policies.map(({ policy }) => policy)) ===
        JSON.stringify(decidedBy.policies.map(({ policy }) => policy)),
    );
    expect(same?.status).toBe(status);
    expect([...alone.seen].some((answer) => answer.startsWith(String(status)))).toBe(true);
    const rest = {
      policies: world.policies.filter((policy) => !isNamed(policy)),
      tokens: world.tokens.filter((policy) => !isNamed(policy)),
    };
    const without = both({ ...world, ...rest, shut: decidedBy.reason === 'network-policy' ? null : world.shut }, 1)!;
    for (const { policy } of decidedBy.policies)
      expect(JSON.stringify(without.explanation.outcomes)).not.toContain(`"${policy}"`);
  }
}
