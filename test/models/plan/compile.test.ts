// From YAML and scenario to a plan: closure of calls, names that do not resolve, assumptions that are told, sameness.
import { describe, expect, test } from 'vitest';
import { compilePlan } from '../../../models/plan/compile.js';
import { NO_LIMIT, NONE } from '../../../models/plan/contract/plan.js';
import {
  CLUSTER,
  call,
  codes,
  compile,
  deployment,
  destinationRule,
  forwardOf,
  input,
  istio,
  MS,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  request,
  service,
  siteBetween,
  siteOf,
  virtualService,
  type Wish,
  WORK,
  withCluster,
} from './support.js';

describe('the plan as data', () => {
  const wish: Wish = {
    yaml: withCluster(
      destinationRule(
        'web',
        'b',
        '{ host: web, trafficPolicy: { outlierDetection: {} }, subsets: [{ name: v1, labels: { version: v1 } }] }',
      ),
      virtualService(
        'web',
        'b',
        '{ hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }], timeout: 1s }] }',
      ),
    ),
    requests: [request(), request({ name: 'other', path: '/other', headers: { x: '1' } })],
    services: { 'web.b': { steps: [WORK, call('two'), call('db')], errors: [{ status: 500, probability: 0.1 }] } },
  };

  test('survives JSON unchanged', () => {
    const plan = planOf(wish);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('is the same each time, byte for byte', () => {
    expect(JSON.stringify(compile(wish))).toBe(JSON.stringify(compile(wish)));
  });

  test('every index points into its array', () => {
    const plan = planOf(wish);
    for (const row of plan.rows) {
      expect(plan.edges[row.edge]).toBeDefined();
      expect(row.workload === NONE || plan.workloads[row.workload] !== undefined).toBe(true);
    }
    for (const site of plan.sites) {
      expect(plan.workloads[site.caller]).toBeDefined();
      for (const destination of forwardOf(site.route).destinations) {
        expect(destination.arrivals).toHaveLength(plan.clusters[destination.cluster]!.groups.length);
        destination.arrivals.forEach((arrival, group) => {
          const workload = plan.clusters[destination.cluster]!.groups[group]!.workload;
          expect(plan.handlers[arrival.handler]!.workload).toBe(workload);
          expect(plan.rows[arrival.row]!.workload).toBe(workload);
        });
        expect(plan.rows[destination.localRow]!.workload).toBe(NONE);
      }
    }
  });

  test('rows carry the name of the request at the edge of the traffic, method and path further in', () => {
    const plan = planOf(wish);
    const labels = plan.rows.map(
      (row) => `${plan.edges[row.edge]!.fromName}->${plan.edges[row.edge]!.toName} ${row.request}`,
    );
    expect(new Set(labels)).toEqual(new Set(['load->web get', 'load->web other', 'web->two GET /', 'web->db GET /']));
  });
});

describe('closure', () => {
  test('one handler for a workload and a class, however many ways lead there', () => {
    const plan = planOf({
      yaml: withCluster(),
      services: { web: { steps: [call('two'), call('two.b:80'), call('http://two/')] } },
    });
    const two = plan.workloads.findIndex((workload) => workload.name === 'two');
    expect(plan.handlers.filter((handler) => handler.workload === two)).toHaveLength(1);
  });

  test('headers that an application passes on are matched further in', () => {
    const rule = virtualService(
      'two',
      'b',
      '{ hosts: [two], http: [{ match: [{ headers: { end-user: { exact: jason } } }], directResponse: { status: 418 } }, { route: [{ destination: { host: two } }] }] }',
    );
    const through = (forwardHeaders: string[], headers: Record<string, string>): string => {
      const plan = planOf({
        yaml: withCluster(rule),
        requests: [request({ headers })],
        services: { web: { steps: [call('two', { forwardHeaders })] } },
      });
      return outcome(plan, siteBetween(plan, 'web-v1', 'two'));
    };
    expect(through(['End-User'], { 'end-user': 'jason' })).toBe('418');
    expect(through([], { 'end-user': 'jason' })).toBe('two');
    expect(through(['end-user'], {})).toBe('two');
  });

  test('a header that a route sets is seen by the next hop', () => {
    const plan = planOf({
      yaml: withCluster(
        virtualService(
          'web',
          'b',
          '{ hosts: [web], http: [{ headers: { request: { set: { tier: gold } } }, route: [{ destination: { host: web } }] }] }',
        ),
      ),
      services: {
        web: {
          operations: [
            { name: 'golden', at: { file: '', line: 1, column: 1 }, match: { headers: { Tier: 'gold' } }, steps: [] },
          ],
        },
      },
    });
    expect(plan.handlers.map((handler) => handler.operation)).toEqual(['golden', 'golden']);
  });

  test('operations match path, prefix and method; the first wins', () => {
    const at = { file: '', line: 1, column: 1 };
    const plan = planOf({
      yaml: withCluster(),
      requests: [
        request({ name: 'a', path: '/cart/checkout', method: 'POST' }),
        request({ name: 'b', path: '/cart/items?q=1' }),
        request({ name: 'c', path: '/' }),
      ],
      services: {
        web: {
          operations: [
            { name: 'checkout', at, match: { path: '/cart/checkout', method: 'post' }, steps: [] },
            { name: 'cart', at, match: { path: '/cart/*' }, steps: [] },
          ],
        },
      },
    });
    expect([...new Set(plan.handlers.map((handler) => handler.operation))]).toEqual(['checkout', 'cart', 'default']);
  });

  test('behaviour: workload before service before defaults, field by field', () => {
    const plan = planOf({
      yaml: withCluster(),
      services: { web: { workers: 8, queue: 4, replicas: 3 } },
      workloads: { 'web-v2.b': { workers: 2 } },
    });
    const app = (name: string) => plan.workloads.find((workload) => workload.name === name)!;
    expect(app('web-v1').app).toMatchObject({ workers: 8, queue: 4 });
    expect(app('web-v2').app).toMatchObject({ workers: 2, queue: 4 });
    expect(app('web-v2').podLocalities).toHaveLength(3);
    expect(plan.handlers[0]!.program).toEqual([WORK]);
  });

  test('a call loop that certainly never ends is an error, one that may end is not', () => {
    const loop = (
      step: ReturnType<typeof call> | { kind: 'maybe'; probability: number; steps: ReturnType<typeof call>[] },
    ) =>
      compile({
        yaml: withCluster(),
        services: { web: { steps: [call('two')] }, two: { steps: [step] } },
      });
    const endless = loop(call('web', { at: { file: 'scenario.yaml', line: 7, column: 3 } }));
    expect(endless.plan).toBeNull();
    expect(endless.diagnostics).toMatchObject([{ code: 'endless-call-cycle', severity: 'error' }]);
    expect(endless.diagnostics[0]!.message).toContain('web-v1 -> two -> web-v1');
    expect(loop({ kind: 'maybe', probability: 0.5, steps: [call('web')] }).plan).not.toBeNull();
  });

  test('classes that grow round a loop are bounded', () => {
    const growing = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ headers: { request: { add: { x: more } } }, route: [{ destination: { host: web } }] }] }',
    );
    const { plan, diagnostics } = compile({
      yaml: withCluster(growing),
      services: {
        web: { steps: [{ kind: 'maybe', probability: 0.1, steps: [call('web', { forwardHeaders: ['x'] })] }] },
      },
    });
    expect(plan).toBeNull();
    expect(codes(diagnostics, 'error')).toEqual(['too-many-request-classes']);
  });
});

describe('names of the scenario that do not resolve are errors', () => {
  const errors = (wish: Omit<Wish, 'yaml'>) => {
    const { plan, diagnostics } = compile({ yaml: withCluster(), ...wish });
    expect(plan).toBeNull();
    return diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.hint ?? ''}`);
  };

  test('a host, with the nearest', () => {
    expect(errors({ to: 'http://wbe.b/' })[0]).toMatch(/^host-not-found: did you mean web\.b/);
    expect(errors({ to: 'http://unknown.example.com/', from: null })[0]).toMatch(/^host-not-found/);
    expect(errors({ services: { web: { steps: [call('tow')] } } })[0]).toMatch(/^host-not-found: did you mean two\.b/);
  });

  test('a port', () => {
    expect(errors({ to: 'http://web.b:81/' })).toEqual(['port-not-found: its ports are 80 (http)']);
  });

  test('what is no target at all', () => expect(errors({ to: 'http://' })[0]).toMatch(/^wrong-target/));

  test('services, workloads and senders', () => {
    expect(errors({ services: { wbe: {} } })[0]).toMatch(/^service-not-found: did you mean web\.b/);
    expect(errors({ workloads: { 'web-v3.b': {} } })[0]).toMatch(/^workload-not-found: did you mean web-v/);
    expect(errors({ from: 'clint.a' })[0]).toMatch(/^workload-not-found: did you mean client\.a/);
  });

  test('a name in two namespaces', () => {
    const yaml = withCluster(service('web', 'a', ['{ name: http, port: 80 }']));
    const found = (wish: Omit<Wish, 'yaml'>) => codes(compile({ yaml, ...wish }).diagnostics, 'error');
    expect(found({ from: null, to: 'http://web/' })).toEqual(['ambiguous-host']);
    expect(found({ services: { web: {} } })).toEqual(['ambiguous-name']);
  });

  test('a release', () => {
    const { plan, diagnostics } = compile({ yaml: withCluster(), input: { istioVersion: '1.99' } });
    expect(plan).toBeNull();
    expect(diagnostics[0]).toMatchObject({ code: 'unknown-istio-version', severity: 'error' });
    expect(diagnostics[0]!.hint).toContain('1.20');
  });
});

describe('what does not resolve in the YAML is run', () => {
  const toHost = (destination: string): string =>
    virtualService('web', 'b', `{ hosts: [web], http: [{ route: [{ destination: { ${destination} } }] }] }`);
  const run = (yaml: string): [string, string[]] => {
    const { plan, diagnostics } = compile({ yaml });
    return [outcome(plan!), codes(diagnostics, 'warning')];
  };

  test('an unknown host, and one with a dot: 503 NC', () => {
    expect(run(withCluster(toHost('host: nobody')))).toEqual(['503 NC', ['destination-host-not-found']]);
    expect(run(withCluster(toHost('host: web.b')))).toEqual(['503 NC', ['destination-host-not-found']]);
  });

  test('an unknown port: 503 NC', () => {
    expect(run(withCluster(toHost('host: web, port: { number: 99 }')))).toEqual([
      '503 NC',
      ['destination-port-not-found'],
    ]);
  });

  test('a service without pods: 503 UH', () => {
    const yaml = withCluster(service('empty', 'b', ['{ name: http, port: 80 }']), toHost('host: empty'));
    expect(run(yaml)).toEqual(['503 UH', ['service-without-endpoints']]);
  });
});

describe('clients', () => {
  test('a workload without sidecar knows no policies', () => {
    const yaml = withCluster(
      namespace('plain', 'team: red'),
      deployment('old', 'plain', { app: 'old' }, 1),
      virtualService('web', 'b', '{ hosts: [web], http: [{ directResponse: { status: 418 } }] }'),
    );
    const { plan, fidelity } = compile({ yaml, from: 'old.plain' });
    const site = siteOf(plan!);
    expect(onlyCluster(plan!)).toMatchObject({ name: 'kube-proxy|80||web.b.svc.cluster.local', tls: { mode: 'none' } });
    expect(site.route).toMatchObject({ retry: null, timeoutNs: 0 });
    expect(plan!.workloads[site.caller]!.proxy).toBeNull();
    expect(fidelity.some(({ meaning }) => meaning.includes('no sidecar'))).toBe(true);
  });

  test('from outside without a gateway: straight to the service', () => {
    const plan = planOf({ yaml: withCluster(), from: null, to: 'http://web/' });
    const client = plan.workloads[plan.traffic[0]!.client]!;
    expect(client).toMatchObject({ kind: 'client', name: 'load', proxy: null });
    expect(plan.localities[client.podLocalities[0]!]!.region).toBe('external');
    expect(outcome(plan)).toBe('web-v1+web-v2');
  });

  test('the Host header decides where a sidecar routes, whatever was dialed', () => {
    const plan = planOf({ yaml: withCluster(), requests: [request({ headers: { Host: 'two.b' } })] });
    expect(outcome(plan)).toBe('two');
    const unknown = planOf({ yaml: withCluster(), requests: [request({ headers: { host: 'unknown.com' } })] });
    expect(onlyCluster(unknown).name).toBe('passthrough|80||web.b.svc.cluster.local');
  });

  test('gRPC: HTTP/2, POST, and a retry policy for its status', () => {
    const yaml = withCluster(
      service('grpc', 'b', ['{ name: grpc, port: 9000 }']),
      deployment('grpc', 'b', { app: 'grpc' }, 1),
    );
    const plan = planOf({ yaml, to: 'grpc.b:9000', requests: [request({ path: '/pkg.Svc/Do' })] });
    expect(siteOf(plan)).toMatchObject({ grpc: true, route: { retry: { statuses: [499, 503] } } });
    expect(onlyCluster(plan).protocol).toBe('http2');
    expect(plan.handlers[0]!.request).toBe('POST /pkg.Svc/Do');
  });

  test('TCP ports: no retries, told as an approximation', () => {
    const { plan, fidelity } = compile({ yaml: withCluster(), to: 'db.b:3306' });
    expect(siteOf(plan!).route.retry).toBeNull();
    expect(fidelity.some(({ resource, path }) => resource === 'Service b/db' && path === 'spec.ports')).toBe(true);
  });

  test('an ExternalName is an alias', () => {
    const alias =
      'apiVersion: v1\nkind: Service\nmetadata: { name: alias, namespace: a }\nspec: { type: ExternalName, externalName: web.b.svc.cluster.local, ports: [{ name: http, port: 80 }] }\n';
    expect(onlyCluster(planOf({ yaml: withCluster(alias), to: 'http://alias/' })).name).toBe(
      'outbound|80||web.b.svc.cluster.local',
    );
  });

  test('the header x-envoy-upstream-rq-timeout-ms replaces the time-out in a sidecar', () => {
    const plan = planOf({
      yaml: withCluster(),
      requests: [request({ headers: { 'x-envoy-upstream-rq-timeout-ms': '250' } })],
    });
    expect(siteOf(plan).route.timeoutNs).toBe(250 * MS);
  });
});

describe('servers', () => {
  test('their inbound limits come from the DestinationRule of the service', () => {
    const limits = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 }, http: { http2MaxRequests: 9 } } } }',
    );
    const web = planOf({ yaml: withCluster(limits) }).workloads.find((workload) => workload.name === 'web-v1')!;
    expect(web.inbound).toEqual({ maxConnections: 7, maxPendingRequests: NO_LIMIT, maxRequests: 9 });
  });

  test('CPU limits: cores rounded up; without a limit those of the node', () => {
    const limited = deployment('lim', 'b', { app: 'lim' }, 1, {
      spec: '{ containers: [{ name: app, image: a, resources: { limits: { cpu: 1500m } } }, { name: b, image: b, resources: { limits: { cpu: 200m } } }] }',
    });
    const plan = planOf({ yaml: withCluster(limited) });
    expect(plan.workloads.find((workload) => workload.name === 'lim')!.app).toMatchObject({
      cores: 2,
      cpuLimitMillis: 1700,
    });
    expect(plan.workloads.find((workload) => workload.name === 'two')!.app).toMatchObject({
      cores: 4,
      cpuLimitMillis: null,
    });
  });

  test.each([
    ['istio-injection: enabled', {}, true],
    ['istio-injection: enabled', { 'sidecar.istio.io/inject': 'false' }, false],
    ['istio-injection: disabled', { 'sidecar.istio.io/inject': 'true' }, false],
    ['istio.io/rev: stable', {}, true],
    ['team: red', {}, false],
    ['team: red', { 'sidecar.istio.io/inject': 'true' }, true],
  ])('injection: namespace %s, pod %j: %s', (labels, podLabels, injected) => {
    const yaml = withCluster(namespace('ns1', labels), deployment('p', 'ns1', { app: 'p', ...podLabels }, 1));
    const workload = planOf({ yaml }).workloads.find(({ name }) => name === 'p')!;
    expect(workload.proxy !== null).toBe(injected);
  });

  test('a namespace that is not in the YAML is taken to be injected, which is told once', () => {
    const yaml = withCluster(deployment('p', 'ns1', { app: 'p' }, 1), deployment('q', 'ns1', { app: 'q' }, 1));
    const { plan, fidelity } = compile({ yaml });
    expect(plan!.workloads.find(({ name }) => name === 'p')!.proxy).not.toBeNull();
    expect(fidelity.filter(({ resource }) => resource === 'Namespace ns1')).toHaveLength(1);
  });

  test('ISTIO_MUTUAL to pods without sidecars fails the handshake', () => {
    const yaml = withCluster(
      namespace('plain', 'team: red'),
      deployment('old', 'plain', { app: 'old' }, 1),
      service('old', 'plain', ['{ name: http, port: 80 }']),
      destinationRule('old', 'plain', '{ host: old, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }'),
    );
    expect(onlyCluster(planOf({ yaml, to: 'http://old.plain/' }))).toMatchObject({
      tls: { mode: 'mtls' },
      reachable: 'tls-failure',
    });
  });

  test('endpoints of a ServiceEntry stand for pods, subsets included', () => {
    const entry = istio(
      'ServiceEntry',
      'vm',
      'b',
      '{ hosts: [vm.example.com], location: MESH_EXTERNAL, resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }], endpoints: [{ address: 10.0.0.1, labels: { version: v1 }, locality: r2/r2-a }, { address: 10.0.0.2, labels: { version: v1 } }, { address: 10.0.0.3, labels: { version: v2 }, weight: 5 }] }',
    );
    const plan = planOf({ yaml: withCluster(entry), to: 'http://vm.example.com/' });
    expect(outcome(plan)).toBe('vm.example.com-v1+vm.example.com-v2');
    const { groups, tls } = onlyCluster(plan);
    expect(groups.map((group) => group.weight)).toEqual([1, 5]);
    expect(tls.mode).toBe('none');
    const pods = plan.workloads[groups[0]!.workload]!.podLocalities;
    expect(pods.map((locality) => plan.localities[locality]!.region)).toEqual(['r2', 'external']);
  });

  test('a Service without selector has endpoints where the scenario describes it', () => {
    const manual =
      'apiVersion: v1\nkind: Service\nmetadata: { name: legacy, namespace: b }\nspec: { ports: [{ name: http, port: 80 }] }\n';
    expect(outcome(planOf({ yaml: withCluster(manual), to: 'http://legacy.b/' }))).toBe('503 UH');
    const described = planOf({
      yaml: withCluster(manual),
      to: 'http://legacy.b/',
      services: { legacy: { replicas: 2 } },
    });
    expect(outcome(described)).toBe('legacy');
    expect(described.workloads.find(({ name }) => name === 'legacy')).toMatchObject({ kind: 'external' });
  });
});

describe('delegation', () => {
  test('the routes of a delegate, narrowed by the match of the root', () => {
    const root = virtualService(
      'root',
      'b',
      '{ hosts: [web], http: [{ match: [{ uri: { prefix: /d } }], delegate: { name: part } }, { route: [{ destination: { host: web } }] }] }',
    );
    const part = virtualService(
      'part',
      'b',
      '{ http: [{ match: [{ uri: { prefix: /d/x } }], directResponse: { status: 418 } }, { directResponse: { status: 419 } }] }',
    );
    const at = (path: string): string =>
      outcome(planOf({ yaml: withCluster(root, part), requests: [request({ path })] }));
    expect([at('/d/x'), at('/d/y'), at('/')]).toEqual(['418', '419', 'web-v1+web-v2']);
  });

  test('a delegate that is not there: the route is left out', () => {
    const root = virtualService('root', 'b', '{ hosts: [web], http: [{ delegate: { name: none } }] }');
    const { plan, diagnostics } = compile({ yaml: withCluster(root) });
    expect(outcome(plan!)).toBe('web-v1+web-v2');
    expect(codes(diagnostics, 'warning')).toEqual(['delegate-not-found']);
  });
});

describe('programming errors', () => {
  test('a placement without zones is refused', () => {
    expect(() => compilePlan({ ...input({ yaml: CLUSTER }), placement: [] })).toThrow(RangeError);
  });
});
