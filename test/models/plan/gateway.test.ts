// The way in through gateways (istio: pilot/pkg/networking/core/gateway_simulation_test.go).
import { describe, expect, test } from 'vitest';
import type { CallSitePlan, MeshPlan } from '../../../models/plan/contract/plan.js';
import {
  codes,
  compile,
  deployment,
  forwardOf,
  istio,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  request,
  service,
  siteOf,
  virtualService,
  withCluster,
} from './support.js';

const server = (number: number, host: string, more = '', protocol = 'HTTP'): string =>
  `{ port: { number: ${number}, name: p${number}, protocol: ${protocol} }, hosts: ["${host}"]${more} }`;
const gateway = (...servers: string[]): string =>
  istio('Gateway', 'gw', 'b', `{ selector: { istio: ingressgateway }, servers: [${servers.join(', ')}] }`);
const to = (name: string, host: string, rule: string): string =>
  virtualService(name, 'b', `{ hosts: ["${host}"], gateways: [gw], http: [${rule}] }`);
const WEB = '{ route: [{ destination: { host: web } }] }';
const TWO = '{ route: [{ destination: { host: two, port: { number: 81 } } }] }';

/** The site of the gateway that the first request of the traffic reaches. */
function behindGateway(plan: MeshPlan): CallSitePlan {
  const arrival = forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!;
  const [step] = plan.handlers[arrival.handler]!.program;
  if (step?.kind !== 'call') throw new Error('a gateway calls');
  expect(step).toMatchObject({ onError: 'pass', timeoutNs: 0, retries: 0 });
  return plan.sites[step.site]!;
}

function through(yaml: string, url: string, path = '/'): string {
  const plan = planOf({ yaml, from: null, to: url, requests: [request({ path })] });
  return outcome(plan, behindGateway(plan));
}

describe('the way in', () => {
  test('a gateway that the YAML does not have is assumed, and told', () => {
    const yaml = withCluster(gateway(server(80, '*')), to('web', '*', WEB));
    const { plan, fidelity } = compile({ yaml, from: null, to: 'http://shop.example.com/' });
    expect(plan!.workloads.find(({ kind }) => kind === 'gateway')).toMatchObject({
      name: 'istio-ingressgateway',
      namespace: 'istio-system',
      podLocalities: [0],
      proxy: { workers: 2 },
    });
    expect(fidelity.some(({ resource, path }) => resource === 'Gateway b/gw' && path === 'spec.selector')).toBe(true);
    expect(plan!.edges.map(({ fromName, toName }) => `${fromName}->${toName}`)).toEqual([
      'load->istio-ingressgateway',
      'istio-ingressgateway->web',
    ]);
  });

  test('one that it has is used, with its replicas and the ports of its Service', () => {
    const own = [
      namespace('edge'),
      deployment('edge', 'edge', { app: 'edge', istio: 'ingressgateway' }, 3),
      service('edge', 'edge', ['{ name: http, port: 80, targetPort: 9999 }']),
    ];
    const plan = planOf({
      yaml: withCluster(...own, gateway(server(9999, '*')), to('web', '*', WEB)),
      from: null,
      to: 'http://shop.example.com/',
    });
    const { groups } = onlyCluster(plan);
    expect(plan.workloads[groups[0]!.workload]).toMatchObject({
      name: 'edge',
      kind: 'gateway',
      podLocalities: [0, 0, 0],
    });
    expect(outcome(plan, behindGateway(plan))).toBe('web-v1+web-v2');
  });

  test('port 80 of the usual Service leads to 8080', () => {
    expect(through(withCluster(gateway(server(8080, '*')), to('web', '*', WEB)), 'http://x.example.com/')).toBe(
      'web-v1+web-v2',
    );
  });

  test('HTTPS ends at the gateway', () => {
    const yaml = withCluster(
      gateway(server(443, 'shop.example.com', ', tls: { mode: SIMPLE, credentialName: c }', 'HTTPS')),
      to('web', 'shop.example.com', WEB),
    );
    const plan = planOf({ yaml, from: null, to: 'https://shop.example.com/' });
    expect(onlyCluster(plan).tls).toEqual({ mode: 'tls', roundTrips: 1 });
    expect(onlyCluster(plan, behindGateway(plan)).tls.mode).toBe('mtls');
  });

  test('a port that no server has is an error', () => {
    const { diagnostics } = compile({
      yaml: withCluster(gateway(server(80, 'shop.example.com'))),
      from: null,
      to: 'https://shop.example.com/',
    });
    expect(codes(diagnostics, 'error')).toEqual(['port-not-found']);
  });

  test('a service of the dialed name comes before a gateway for every host', () => {
    const plan = planOf({
      yaml: withCluster(gateway(server(80, '*')), to('web', '*', WEB)),
      from: null,
      to: 'http://two/',
    });
    expect(outcome(plan)).toBe('two');
  });
});

describe('routes at a gateway', () => {
  test('the most specific host only, catch-alls last, misses are 404 NR', () => {
    const yaml = withCluster(
      gateway(server(80, '*')),
      to('all', '*', TWO),
      to('one', 'shop.example.com', '{ match: [{ uri: { prefix: / } }], route: [{ destination: { host: web } }] }'),
      to('two', 'shop.example.com', '{ match: [{ uri: { prefix: /special } }], directResponse: { status: 418 } }'),
      to('blog', 'blog.example.com', '{ match: [{ uri: { exact: /x } }], directResponse: { status: 419 } }'),
    );
    expect(through(yaml, 'http://shop.example.com/', '/special')).toBe('418');
    expect(through(yaml, 'http://shop.example.com/', '/other')).toBe('web-v1+web-v2');
    expect(through(yaml, 'http://blog.example.com/', '/y')).toBe('404 NR');
    expect(through(yaml, 'http://third.example.com/')).toBe('two');
  });

  test('the namespace of a server host restricts the VirtualServices', () => {
    const there = virtualService(
      'web',
      'c',
      '{ hosts: ["*"], gateways: [b/gw], http: [{ directResponse: { status: 418 } }] }',
    );
    expect(through(withCluster(gateway(server(80, 'c/*')), there), 'http://x.example.com/')).toBe('418');
    expect(through(withCluster(gateway(server(80, './*')), there), 'http://x.example.com/')).toBe('404 NR');
  });

  test('rules for the mesh do not count at a gateway, its own not in the mesh', () => {
    const mesh = virtualService('mesh', 'b', '{ hosts: [web], http: [{ directResponse: { status: 418 } }] }');
    const yaml = withCluster(gateway(server(80, '*')), to('web', '*', WEB), mesh);
    expect(through(yaml, 'http://x.example.com/')).toBe('web-v1+web-v2');
    expect(outcome(planOf({ yaml }))).toBe('418');
  });

  test('httpsRedirect answers 301', () => {
    const yaml = withCluster(gateway(server(80, '*', ', tls: { httpsRedirect: true }')), to('web', '*', WEB));
    expect(through(yaml, 'http://x.example.com/')).toBe('301');
  });

  test('match.port is the port of the server, match.gateways restricts a block', () => {
    const yaml = withCluster(
      gateway(server(80, '*'), server(8443, '*')),
      to(
        'web',
        '*',
        '{ match: [{ port: 8443 }], directResponse: { status: 418 } }, { match: [{ gateways: [other] }], directResponse: { status: 419 } }, { route: [{ destination: { host: web } }] }',
      ),
    );
    expect(through(yaml, 'http://x.example.com/')).toBe('web-v1+web-v2');
    expect(through(yaml, 'http://x.example.com:8443/')).toBe('418');
  });

  test('TLS that is passed through is routed by server name', () => {
    const yaml = withCluster(
      gateway(server(443, 'db.example.com', ', tls: { mode: PASSTHROUGH }', 'TLS')),
      virtualService(
        'db',
        'b',
        '{ hosts: [db.example.com], gateways: [gw], tls: [{ match: [{ port: 443, sniHosts: [db.example.com] }], route: [{ destination: { host: db, port: { number: 3306 } } }] }] }',
      ),
    );
    const plan = planOf({ yaml, from: null, to: 'https://db.example.com/' });
    const site = behindGateway(plan);
    expect(outcome(plan, site)).toBe('db');
    expect(site.route).toMatchObject({ retry: null, timeoutNs: 0 });
  });
});
