// ListenerSets, and what a Gateway of the Gateway API asks for its pods (istio: pilot/pkg/config/kube/gateway/testdata/listenerset*.yaml,
// pilot/pkg/config/kube/gatewaycommon/{listener_conflict,deploymentcontroller}_test.go; gateway-api: conformance/tests/listenerset-*.yaml).
import { describe, expect, test } from 'vitest';
import type { CallSitePlan, MeshPlan } from '../../../models/plan/contract/plan.js';
import { onlyOutcome } from '../../support/istio-run.js';
import { codes, compile, deployment, forwardOf, outcome, planOf, service, siteOf, withCluster } from './support.js';

function object(kind: string, name: string, namespace: string, spec: string, more = ''): string {
  return `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace}${more} }\nspec: ${spec}\n`;
}

const FROM = (from: string): string => `, allowedListeners: { namespaces: { from: ${from} } }`;
const gateway = (
  more = FROM('Same'),
  listeners = '{ name: own, port: 80, protocol: HTTP, hostname: own.example.com }',
) => object('Gateway', 'gw', 'b', `{ gatewayClassName: istio, listeners: [${listeners}]${more} }`);
const set = (listeners: string, name = 'more', namespace = 'b'): string =>
  object('ListenerSet', name, namespace, `{ parentRef: { name: gw, namespace: b }, listeners: [${listeners}] }`);
const HTTP = (name: string, host: string, port = 80): string =>
  `{ name: ${name}, port: ${port}, protocol: HTTP, hostname: ${host} }`;
const route = (parent: string, backend = '{ name: web, port: 80 }', name = 'route'): string =>
  object('HTTPRoute', name, 'b', `{ parentRefs: [${parent}], rules: [{ backendRefs: [${backend}] }] }`);
const AT_SET = '{ kind: ListenerSet, name: more }';

function behindGateway(plan: MeshPlan): CallSitePlan {
  const [step] = plan.handlers[forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!.handler]!.program;
  if (step?.kind !== 'call') throw new Error('a gateway calls');
  return plan.sites[step.site]!;
}

function through(url: string, ...documents: string[]): string {
  const plan = planOf({ yaml: withCluster(...documents), from: null, to: url });
  return outcome(plan, behindGateway(plan));
}

const warnings = (...documents: string[]): string[] =>
  codes(compile({ yaml: withCluster(...documents) }).diagnostics, 'warning');
const BOTH = 'web-v1+web-v2';

describe('a ListenerSet', () => {
  test('brings listeners to its Gateway, whose pods serve them', () => {
    const documents = [gateway(), set(HTTP('first', 'first.example.com')), route(AT_SET)];
    expect(through('http://first.example.com/', ...documents)).toBe(BOTH);
    expect(warnings(...documents)).toEqual([]);
    const plan = planOf({ yaml: withCluster(...documents), from: null, to: 'http://first.example.com/' });
    expect(plan.workloads.filter(({ kind }) => kind === 'gateway').map(({ name }) => name)).toEqual(['gw-istio']);
  });

  test('a route at the set is not at the Gateway, nor the other way round', () => {
    const both = [
      gateway(),
      set(HTTP('first', 'first.example.com')),
      route(AT_SET, '{ name: two, port: 81 }', 'at-set'),
      route('{ name: gw }'),
    ];
    expect(through('http://first.example.com/', ...both)).toBe('two');
    expect(through('http://own.example.com/', ...both)).toBe(BOTH);
    const one = [gateway(), set(HTTP('first', 'first.example.com')), route('{ name: gw }')];
    expect(through('http://first.example.com/', ...one)).toBe('404 NR');
  });

  test('a section of the set', () => {
    const two = set(`${HTTP('first', 'a.example.com')}, ${HTTP('second', 'b.example.com')}`);
    const documents = [gateway(), two, route('{ kind: ListenerSet, name: more, sectionName: second }')];
    expect(through('http://a.example.com/', ...documents)).toBe('404 NR');
    expect(through('http://b.example.com/', ...documents)).toBe(BOTH);
  });

  test.each([
    ['', 'b', false],
    [FROM('None'), 'b', false],
    [FROM('Same'), 'b', true],
    [FROM('Same'), 'a', false],
    [FROM('All'), 'a', true],
    [FROM('Selector, selector: { matchLabels: { istio-injection: enabled } }'), 'a', true],
    [FROM('Selector, selector: { matchLabels: { istio-injection: disabled } }'), 'a', false],
  ])('the Gateway%s takes one of namespace %s: %s', (allowed, namespace, taken) => {
    const found = warnings(gateway(allowed), set(HTTP('first', 'first.example.com'), 'more', namespace));
    expect(found).toEqual(taken ? [] : ['listener-set-not-allowed']);
  });

  test('of two listeners for one port and host the earlier stays: the Gateway before its sets', () => {
    const documents = [
      gateway(),
      set(`${HTTP('clash', 'own.example.com')}, ${HTTP('free', 'free.example.com')}`),
      route(AT_SET, '{ name: two, port: 81 }', 'at-set'),
      route('{ name: gw }'),
    ];
    expect(warnings(...documents)).toEqual(['listener-not-programmed']);
    expect(through('http://own.example.com/', ...documents)).toBe(BOTH);
    expect(through('http://free.example.com/', ...documents)).toBe('two');
  });

  test('TCP takes a port for itself', () => {
    const tcp = gateway(FROM('Same'), '{ name: own, port: 80, protocol: TCP }');
    expect(warnings(tcp, set(HTTP('first', 'first.example.com')))).toEqual(['listener-not-programmed']);
    expect(warnings(tcp, set(HTTP('first', 'first.example.com', 81)))).toEqual([]);
  });

  test('without its Gateway it is nothing', () => {
    expect(warnings(set(HTTP('first', 'first.example.com')))).toEqual(['listener-set-not-attached']);
  });

  test('a listener of HTTPS without tls is not programmed', () => {
    const https = gateway('', '{ name: own, port: 443, protocol: HTTPS }');
    expect(warnings(https)).toEqual(['listener-not-programmed']);
  });
});

describe('infrastructure', () => {
  const OPEN = '{ name: own, port: 80, protocol: HTTP }';
  const parameters = `apiVersion: v1
kind: ConfigMap
metadata: { name: options, namespace: b }
data:
  deployment: |
    spec:
      replicas: 4
      template:
        spec:
          nodeSelector: { topology.kubernetes.io/zone: eu-1a }
          containers:
          - name: istio-proxy
            resources: { limits: { cpu: 500m, memory: 256Mi } }
  horizontalPodAutoscaler: |
    spec: { minReplicas: 2, maxReplicas: 3 }
`;
  const withParameters = gateway(
    ', infrastructure: { labels: { team: edge }, parametersRef: { group: "", kind: ConfigMap, name: options } }',
    OPEN,
  );
  const edgeOf = (...documents: string[]) => {
    const plan = planOf({
      yaml: withCluster(...documents, route('{ name: gw }')),
      from: null,
      to: 'http://shop.example.com/',
      input: {
        placement: [
          { region: 'eu', zone: 'eu-1b' },
          { region: 'eu', zone: 'eu-1a' },
        ],
      },
    });
    const edge = plan.workloads.find(({ kind }) => kind === 'gateway')!;
    return { edge, zones: edge.podLocalities.map((index) => plan.localities[index]!.zone), plan };
  };

  test('parameters: replicas within the bounds of the autoscaler, limits, node selector', () => {
    const { edge, zones } = edgeOf(withParameters, parameters);
    expect(zones).toEqual(['eu-1a', 'eu-1a', 'eu-1a']);
    expect(edge.proxy).toMatchObject({ workers: 1, cpuLimitMillis: 500, memory: { limitBytes: 268435456 } });
  });

  test('without the ConfigMap there are the defaults, and a warning', () => {
    const { edge } = edgeOf(withParameters);
    expect(edge.podLocalities).toHaveLength(1);
    expect(warnings(withParameters)).toEqual(['gateway-parameters-missing']);
  });

  const rules = (name: string, spec: string): string =>
    `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: b }\nspec: ${spec}\n`;
  const answer = (...documents: string[]): string =>
    onlyOutcome({ yaml: withCluster(...documents), from: null, to: 'http://shop.example.com/' });

  test('labels select: an AuthorizationPolicy for the pods of the Gateway', () => {
    const deny = rules('deny', '{ selector: { matchLabels: { team: edge } } }');
    expect(answer(withParameters, route('{ name: gw }'), deny)).toBe('403 -');
    expect(answer(gateway('', OPEN), route('{ name: gw }'), deny)).toBe('200 -');
  });

  test.each([
    ['gw-istio', '200 -'],
    ['gw', '403 -'],
  ])('its identity is the account that Istio makes for it: %s gets %s', (account, expected) => {
    const allow = rules(
      'allow',
      `{ selector: { matchLabels: { app: web } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/b/sa/${account}] } }] }] }`,
    );
    expect(answer(gateway('', OPEN), route('{ name: gw }'), allow)).toBe(expected);
  });
});

describe('an address', () => {
  const at = (address: string): string[] => {
    const yaml = withCluster(
      deployment('edge', 'a', { app: 'edge' }, 2),
      service('edge', 'a', ['{ name: http, port: 80 }']),
      gateway(`, addresses: [${address}]`, '{ name: own, port: 80, protocol: HTTP }'),
      route('{ name: gw }'),
    );
    const plan = planOf({ yaml, from: null, to: 'http://shop.example.com/' });
    expect(outcome(plan, behindGateway(plan))).toBe(BOTH);
    return plan.workloads.filter(({ kind }) => kind === 'gateway').map((own) => `${own.name}.${own.namespace}`);
  };

  test('that names a Service: its pods serve the Gateway', () => {
    expect(at('{ type: Hostname, value: edge.a.svc.cluster.local }')).toEqual(['edge.a']);
    expect(at('{ type: Hostname, value: istio-ingressgateway.istio-system }')).toEqual([
      'istio-ingressgateway.istio-system',
    ]);
  });

  test('that is an IP address: Istio makes the pods', () => {
    expect(at('{ value: 10.0.0.1 }')).toEqual(['gw-istio.b']);
    expect(at('{ value: 10.0.0.1 }, { type: Hostname, value: edge.a }')).toEqual(['edge.a']);
  });
});

describe('an EnvoyFilter', () => {
  const OPEN = '{ name: own, port: 80, protocol: HTTP }';
  const fault = (target: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: fault, namespace: b }
spec:
  targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: ${target} }]
  configPatches:
  - applyTo: HTTP_FILTER
    patch:
      operation: INSERT_FIRST
      value:
        name: abort
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
          abort: { http_status: 418, percentage: { numerator: 100 } }
`;

  test.each([
    ['gw', '418 -'],
    ['other', '200 -'],
  ])('with a reference to Gateway %s: %s', (target, expected) => {
    const yaml = withCluster(gateway('', OPEN), route('{ name: gw }'), fault(target));
    expect(onlyOutcome({ yaml, from: null, to: 'http://shop.example.com/' })).toBe(expected);
  });

  test('with a reference to a waypoint is listed', () => {
    const waypoint = object('Gateway', 'way', 'b', '{ gatewayClassName: istio-waypoint, listeners: [] }');
    const { fidelity } = compile({ yaml: withCluster(waypoint, fault('way')) });
    expect(fidelity.map(({ path }) => path)).toContain('spec.targetRefs[0]');
  });
});

describe('a BackendTLSPolicy', () => {
  const policy = (
    more = '',
    ca = 'caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }]',
    name = 'tls',
  ): string =>
    object(
      'BackendTLSPolicy',
      name,
      'b',
      `{ targetRefs: [{ group: "", kind: Service, name: plain${more} }], validation: { hostname: plain.example.com, ${ca} } }`,
    );
  const ports = ['{ name: x, port: 80 }', '{ name: http-y, port: 81 }', '{ name: https-z, port: 82 }'];
  const server = `apiVersion: apps/v1
kind: Deployment
metadata: { name: plain, namespace: b }
spec:
  selector: { matchLabels: { app: plain } }
  template: { metadata: { labels: { app: plain, sidecar.istio.io/inject: "false" } }, spec: { containers: [{ name: app, image: app }] } }
`;
  const at = (port: number, ...documents: string[]) => {
    const plan = planOf({
      yaml: withCluster(
        server,
        service('plain', 'b', ports),
        gateway('', '{ name: own, port: 80, protocol: HTTP }'),
        route('{ name: gw }', `{ name: plain, port: ${port} }`),
        ...documents,
      ),
      from: null,
      to: 'http://shop.example.com/',
    });
    const { tls, reachable } = plan.clusters[forwardOf(behindGateway(plan).route).destinations[0]!.cluster]!;
    return `${tls.mode} ${reachable}`;
  };

  test('has gateways speak TLS to the pods, which end it unless their port says that they speak HTTP', () => {
    expect(at(80)).toBe('none yes');
    expect(at(80, policy())).toBe('tls yes');
    expect(at(81, policy())).toBe('tls tls-failure');
    expect(at(82, policy())).toBe('tls yes');
  });

  test('a port of the Service', () => {
    expect(at(80, policy(', sectionName: https-z'))).toBe('none yes');
    expect(at(82, policy(', sectionName: https-z'))).toBe('tls yes');
    expect(warnings(server, service('plain', 'b', ports), policy(', sectionName: w'))).toEqual([
      'backend-tls-not-attached',
    ]);
  });

  test('authorities that Istio does not read: nothing is trusted', () => {
    expect(at(80, policy('', 'caCertificateRefs: [{ group: "", kind: Secret, name: ca }]'))).toBe('tls tls-failure');
    expect(at(80, policy('', 'wellKnownCACertificates: System'))).toBe('tls yes');
  });

  test('of two for one target the first counts; a DestinationRule beside it loses its policy before 1.31', () => {
    const here = [server, service('plain', 'b', ports)];
    expect(warnings(...here, policy(), policy('', undefined, 'other'))).toEqual(['backend-tls-not-attached']);
    const rule = `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: rule, namespace: b }\nspec: { host: plain, trafficPolicy: { loadBalancer: { simple: RANDOM } } }\n`;
    expect(warnings(...here, policy(), rule)).toEqual([]);
    const { diagnostics } = compile({
      yaml: withCluster(...here, policy(), rule),
      input: { istioVersion: '1.30' },
    });
    expect(codes(diagnostics, 'warning')).toEqual(['policy-beside-backend-tls']);
  });
});
