// What explain says is what the plan does: over random VirtualServices and requests.
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { loadResources } from '../../models/config/load.js';
import { compilePlan } from '../../models/plan/compile.js';
import { explainPath } from '../../models/plan/explain/index.js';
import { candidatesFor, selectRoute, VirtualServices } from '../../models/plan/routes/virtual-service.js';
import { Findings } from '../../models/plan/terms/findings.js';
import { failingField, matchesRequest } from '../../models/plan/terms/match.js';
import { normalHeaders, type RequestClass, splitPath } from '../../models/plan/terms/request-class.js';
import { input, request, siteOf, withCluster } from '../models/plan/support.js';

const word = fc.constantFrom('a', 'b', 'ab', 'B');
const matcher = fc.oneof(
  word.map((value) => ({ exact: value })),
  word.map((value) => ({ prefix: value })),
  fc.constantFrom('a.*', '[ab]+', '*').map((value) => ({ regex: value })),
);
const pathMatcher = fc.oneof(
  word.map((value) => ({ exact: `/${value}` })),
  fc.constantFrom('/', '/a', '/ab', '/b').map((value) => ({ prefix: value })),
  fc.constantFrom('/a.*', '.*').map((value) => ({ regex: value })),
);
const matchBlock = fc.record(
  {
    uri: pathMatcher,
    ignoreUriCase: fc.boolean(),
    method: fc.constantFrom({ exact: 'GET' }, { exact: 'POST' }),
    authority: fc.constantFrom({ prefix: 'web' }, { exact: 'other' }),
    headers: fc.dictionary(fc.constantFrom('x-a', 'X-B'), matcher, { maxKeys: 2 }),
    withoutHeaders: fc.dictionary(fc.constantFrom('x-a', 'x-c'), matcher, { maxKeys: 1 }),
    queryParams: fc.dictionary(
      fc.constantFrom('q', 'r'),
      word.map((value) => ({ exact: value })),
      { maxKeys: 1 },
    ),
    port: fc.constantFrom(80, 81),
    sourceLabels: fc.constantFrom({ app: 'client' }, { app: 'other' }),
    sourceNamespace: fc.constantFrom('a', 'c'),
    gateways: fc.constantFrom(['mesh'], ['gw']),
  },
  { requiredKeys: [] },
);
const ROUTE = [{ destination: { host: 'web' } }];
const rule = fc.record(
  { match: fc.array(matchBlock, { minLength: 1, maxLength: 3 }), delegate: fc.constant({ name: 'part' }) },
  { requiredKeys: [] },
);
const http = fc.array(rule, { minLength: 1, maxLength: 5 });
const asked = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.tuple(word, fc.constantFrom('', '?q=a', '?q=b&r=ab')).map(([path, query]) => `/${path}${query}`),
  headers: fc.dictionary(fc.constantFrom('x-a', 'x-b', 'x-c'), fc.constantFrom('', 'a', 'ab', 'b')),
});

interface RuleSpec {
  readonly delegate?: { readonly name: string };
}

function manifest(name: string, spec: object): string {
  return JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'b' },
    spec,
  });
}

const withRoutes = (rules: readonly RuleSpec[]): object[] =>
  rules.map((one) => (one.delegate === undefined ? { ...one, route: ROUTE } : one));

function yamlOf(rules: readonly RuleSpec[], parts: readonly object[]): string[] {
  return [
    withCluster(),
    manifest('web', { hosts: ['web'], http: withRoutes(rules) }),
    manifest('part', { http: parts.map(({ delegate: _, ...one }: RuleSpec) => ({ ...one, route: ROUTE })) }),
  ];
}

function classOf({
  method,
  path,
  headers,
}: {
  method: string;
  path: string;
  headers: Record<string, string>;
}): RequestClass {
  return {
    scheme: 'http',
    method,
    authority: 'web.b',
    ...splitPath(path),
    headers: normalHeaders(headers),
    grpc: false,
  };
}

describe('explain', () => {
  test.prop([http, http, asked], { numRuns: 300 })(
    'tells the route that the plan has, and a failure for every rule before it',
    (rules, parts, question) => {
      const yaml = yamlOf(rules, parts);
      const base = input({ yaml, requests: [request(question)] });
      const { plan } = compilePlan(base);
      const { explanation } = explainPath(base, {
        from: 'client.a',
        to: 'http://web.b/',
        ...question,
        isVersionAssumed: false,
      });
      if (plan === null || explanation === null) throw new Error('both have an answer');
      const { route } = siteOf(plan);
      const hop = explanation.hops[0]!;
      expect(hop.route.name).toBe(route.name);
      expect(hop.route.place?.position ?? null).toEqual(
        route.position !== null && route.action.kind === 'respond' ? hop.route.place?.position : route.position,
      );
      expect(hop.route.answer?.status ?? null).toBe(route.action.kind === 'respond' ? route.action.status : null);
      const chosen = hop.rules.findIndex(({ verdict }) => verdict === 'chosen');
      expect(hop.rules.filter(({ verdict }) => verdict === 'chosen').length).toBeLessThanOrEqual(1);
      if (chosen >= 0) expect(hop.rules[chosen]!.name).toBe(route.name);
      for (const [index, { verdict, failure }] of hop.rules.entries()) {
        if (chosen < 0 || index < chosen) expect(['failed', 'left-out']).toContain(verdict);
        expect(failure !== null).toBe(verdict === 'failed' || verdict === 'left-out');
        if (failure !== null) expect(failure.position).not.toBeNull();
      }
    },
  );

  test.prop([http, asked], { numRuns: 300 })(
    'a matcher fails if and only if the block does not match',
    (rules, question) => {
      const resources = loadResources(yamlOf(rules, []).map((text, index) => ({ name: `${index}`, text })));
      const wanted = classOf(question);
      for (const { spec } of resources.virtualServices) {
        for (const { match } of spec.http) {
          for (const block of match) expect(failingField(block, wanted) === null).toBe(matchesRequest(block, wanted));
        }
      }
    },
  );

  test.prop([http, asked], { numRuns: 200 })(
    'a trace changes nothing: the same route is selected without one',
    (rules, question) => {
      const yaml = yamlOf(rules, []);
      const resources = loadResources(yaml.map((text, index) => ({ name: `mesh-${index}.yaml`, text })));
      const [web] = new VirtualServices(resources, new Findings()).all;
      if (web === undefined) return;
      const view = { namespace: 'a', labels: { app: 'client' }, gateways: ['mesh'], port: 80 };
      const candidates = candidatesFor(web, view);
      const selected = selectRoute(candidates, classOf(question), new Findings());
      const { explanation } = explainPath(input({ yaml }), {
        from: 'client.a',
        to: 'http://web.b/',
        ...question,
        isVersionAssumed: false,
      });
      const chosen = explanation!.hops[0]!.rules.find(({ verdict }) => verdict === 'chosen');
      expect(chosen?.failure ?? null).toBeNull();
      if (candidates.length > 0) expect(chosen === undefined).toBe(selected === null);
    },
  );
});
