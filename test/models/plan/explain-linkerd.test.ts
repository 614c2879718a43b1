// `explain` through proxies of Linkerd: which annotation, profile, route or policy decides, and its line.
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { type Explanation, explainPath, type Question } from '../../../models/plan/explain/index.js';
import { explanationText } from '../../../reports/explain/text.js';
import { readExplanation } from '../../../scenarios/explain/explain-schema.js';
import { input } from './support.js';

const NAMESPACE =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: a, annotations: { linkerd.io/inject: enabled } }\n';
const pods = (name: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: a }
spec:
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} }${more} }, spec: { containers: [{ name: app, image: app, ports: [{ name: http, containerPort: 8080 }] }] } }
`;
/** Its annotations stand from line 6 on. */
const service = (name: string, annotations: readonly string[] = [], port = 'name: http, port: 80'): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: a\n  annotations: {\n${annotations.map((line) => `    ${line},\n`).join('')}  }\nspec: { selector: { app: ${name} }, ports: [{ ${port}, targetPort: http }] }\n`;

/** Each text is a file of its own: f0.yaml, f1.yaml, … */
function explained(texts: readonly string[], question: Partial<Question> = {}): Explanation {
  const resources = loadResources(texts.map((text, i) => ({ name: `f${i}.yaml`, text })));
  const asked = { from: 'client.a', to: 'http://web/', method: 'GET', path: '/', headers: {}, isVersionAssumed: true };
  const { explanation, diagnostics } = explainPath(input({ yaml: '', input: { resources } }), {
    ...asked,
    ...question,
  });
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  // What is printed as JSON is what the schema says.
  readExplanation(JSON.parse(JSON.stringify(explanation)));
  return explanation;
}

const text = (...asked: Parameters<typeof explained>): string[] =>
  explanationText(explained(...asked), { color: false, width: 200 })
    .split('\n')
    .map((line) => line.replace(/^[ │├─▶■●]+/, '').replace(/ {2,}/g, ' '))
    .filter((line) => line !== '');
const line = (label: string, ...asked: Parameters<typeof explained>): string =>
  text(...asked).find((each) => each.startsWith(`${label} `)) ?? '';

const BASE = [NAMESPACE, pods('client'), pods('web'), service('client')];

test('the head names Linkerd and no release of Istio, the proxy is Linkerd’s', () => {
  const shown = text([...BASE, service('web')]);
  expect(shown.slice(0, 3)).toEqual([
    'GET http://web/',
    'from client.a, Linkerd 2',
    "client.a Linkerd's proxy of 1 pod",
  ]);
  expect(line('route', [...BASE, service('web')])).toContain('neither a ServiceProfile nor a route');
  expect(line('timeout', [...BASE, service('web')])).toBe('timeout none (no annotation of Service a/web asks for it)');
  expect(line('TLS', [...BASE, service('web')])).toBe("TLS mTLS: its pods have Linkerd's proxy");
});

describe('annotations', () => {
  const annotated = service('web', [
    'retry.linkerd.io/http: gateway-error',
    'retry.linkerd.io/timeout: 50ms',
    'timeout.linkerd.io/response: 2s',
    'timeout.linkerd.io/request: 300ms',
    'balancer.linkerd.io/failure-accrual: unified',
  ]);

  test('each with its line; of several time-outs the shortest', () => {
    const asked = [...BASE, annotated];
    expect(line('timeout', asked)).toBe('timeout 300 ms (timeout.linkerd.io/request of Service a/web, f4.yaml:10)');
    expect(line('retries', asked)).toContain('502-504 (retry.linkerd.io/http of Service a/web, f4.yaml:7)');
    expect(text(asked)).toContain('each try but the last ends after 50 ms; back-off 25 ms, at most 250 ms');
    expect(
      text(asked)
        .join(' ')
        .replace(/[\s│]+/g, ' '),
    ).toContain(
      'breaker 7 failures in a row or below 80 % good answers in 10 s: a pod is shut for 1 s, doubling up to 60 s (balancer.linkerd.io/failure-accrual of Service a/web, f4.yaml:11)',
    );
  });

  test('of a route in the place of those of the Service; its rules with their lines', () => {
    const route =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: web\n  namespace: a\n  annotations: { retry.linkerd.io/http: "503" }\nspec:\n  parentRefs: [{ group: "", kind: Service, name: web }]\n  rules:\n    - matches: [{ path: { value: /admin } }]\n    - matches: [{ path: { value: /books } }]\n      timeouts: { request: 1s }\n';
    const asked = [...BASE, annotated, route];
    const { rules, route: taken } = explained(asked, { path: '/books/7' }).hops[0]!;
    expect(rules.map(({ verdict, place: { resource, position } }) => [verdict, resource, position?.line])).toEqual([
      ['failed', 'HTTPRoute a/web', 10],
      ['chosen', 'HTTPRoute a/web', 11],
    ]);
    expect(rules[0]!.failure!.text).toBe('path /books/7 is not under /admin');
    expect(taken.timeout).toMatchObject({ ns: 1e9, origin: { field: 'timeouts', resource: 'HTTPRoute a/web' } });
    expect(taken.retry.origin).toMatchObject({
      field: 'retry.linkerd.io/http',
      position: { file: 'f5.yaml', line: 6 },
    });
    expect(line('answer', asked, { path: '/' })).toBe('answer 404 NR: no route at the Service matches');
  });
});

test('a ServiceProfile: its routes, and the fields of the one that is taken', () => {
  const profile =
    'apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: { name: web.a.svc.cluster.local, namespace: a }\nspec:\n  routes:\n    - name: add\n      condition: { all: [{ method: POST }, { pathRegex: /books } ] }\n    - name: book\n      condition: { pathRegex: "/books/[^/]*" }\n      isRetryable: true\n      timeout: 200ms\n    - name: rest\n      condition: { pathRegex: /.* }\n';
  const asked = [...BASE, service('web', ['balancer.linkerd.io/failure-accrual: consecutive']), profile];
  const { rules, route } = explained(asked, { path: '/books/7' }).hops[0]!;
  expect(rules.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'add failed',
    'book chosen',
    'rest not-reached',
  ]);
  expect(rules[0]!.failure).toMatchObject({ text: 'GET /books/7 is not POST', position: { line: 6 } });
  expect(route.timeout.origin).toMatchObject({ field: 'timeout', position: { file: 'f5.yaml', line: 11 } });
  expect(route.retry.origin).toMatchObject({ field: 'isRetryable', position: { file: 'f5.yaml', line: 10 } });
  expect(line('retries', asked, { path: '/books/7' })).toContain('up to 0.2 of the calls and 10 a second');
  expect(line('retries', asked)).toBe(
    'retries none (the route of ServiceProfile a/web.a.svc.cluster.local asks for none)',
  );
  expect(line('breaker', asked)).toBe('breaker off (a ServiceProfile switches it off)');
});

describe('the verdict of policies', () => {
  const server =
    'apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: { name: web, namespace: a }\nspec: { podSelector: { matchLabels: { app: web } }, port: http }\n';
  const allow =
    '# by account\napiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: { name: allow, namespace: a }\nspec: { targetRef: { group: policy.linkerd.io, kind: Server, name: web }, requiredAuthenticationRefs: [{ kind: ServiceAccount, name: default }] }\n';
  const limit =
    'apiVersion: policy.linkerd.io/v1alpha1\nkind: HTTPLocalRateLimitPolicy\nmetadata: { name: limit, namespace: a }\nspec: { targetRef: { group: policy.linkerd.io, kind: Server, name: web }, total: { requestsPerSecond: 5 } }\n';
  const web = service('web');
  const filters = (texts: readonly string[]) =>
    explained([...BASE, web, ...texts]).hops[0]!.route.destinations[0]!.endpoints[0]!.filters;

  test('who lets the caller in, or what refuses it', () => {
    expect(filters([])).toEqual([]);
    expect(filters([server])).toMatchObject([
      {
        kind: 'rbac',
        name: 'accessPolicy deny of Server a/web',
        status: 403,
        decidedBy: { policies: [{ position: { file: 'f5.yaml', line: 1 } }] },
      },
    ]);
    expect(filters([server, allow])).toMatchObject([
      {
        name: 'AuthorizationPolicy a/allow for Server a/web',
        status: 0,
        decidedBy: { policies: [{ position: { file: 'f6.yaml', line: 2 } }] },
      },
    ]);
    expect(text([...BASE, web, server])).toContain('rbac accessPolicy deny of Server a/web: answers 403 (f5.yaml:1)');
  });

  test('what the run decides', () => {
    expect(filters([server, allow, limit]).at(-1)).toMatchObject({ kind: 'local-rate-limit', status: null });
  });

  test('on a port that is not read', () => {
    const tcp = [...BASE, service('web', [], 'name: tcp, port: 80'), server];
    expect(line('listener', tcp)).toContain('TCP: opaque to Linkerd');
    expect(line('answer', tcp)).toContain('do not let the caller connect');
  });
});

test('ports that skip the proxy', () => {
  const skipping = pods('client', ', annotations: { config.linkerd.io/skip-outbound-ports: "80" }');
  expect(line('listener', [NAMESPACE, skipping, pods('web'), service('client'), service('web')])).toContain(
    "none for port 80: it is one of the caller's skip-outbound-ports",
  );
});

test('nobody behind the Service', () => {
  expect(line('answer', [...BASE.slice(0, 2), service('client'), service('web')])).toContain('504 UH');
});
