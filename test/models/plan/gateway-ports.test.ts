// Ports of a gateway's servers (istio: pilot/pkg/model/gateway_test.go TestMergeGateways, "port translation"; gateway.go resolvePorts).

import { describe, expect, test } from 'vitest';
import { explainPath } from '../../../models/plan/explain/index.js';
import { createdIn } from '../../support/istio-run.js';
import { deployment, input, istio, namespace, service, virtualService, withCluster } from './support.js';

const server = (number: number, host: string): string =>
  `{ port: { number: ${number}, name: p${number}, protocol: HTTP }, hosts: ["${host}"] }`;
const gateway = (name: string, one: string): string =>
  istio('Gateway', name, 'edge', `{ selector: { app: exit }, servers: [${one}] }`);
const leaving = (ports: string): string[] => [
  namespace('edge'),
  deployment('exit', 'edge', { app: 'exit' }, 1, {
    spec: '{ containers: [{ name: istio-proxy, image: proxyv2, ports: [{ name: plain, containerPort: 7070 }] }] }',
  }),
  service('exit', 'edge', [ports]),
];
const through = (more: string): string =>
  virtualService(
    'web',
    'b',
    `{ hosts: [web.b.svc.cluster.local], gateways: [edge/out, edge/more, mesh], http: [
      { match: [{ gateways: [mesh] }], route: [{ destination: { host: exit.edge.svc.cluster.local, port: { number: 80 } } }] },
      ${more} { route: [{ destination: { host: web } }] }] }`,
  );

/** What the second proxy on the way from client.a to web.b answers or chooses, and its listener. */
function atGateway(...documents: readonly string[]): string {
  const { explanation } = explainPath(input({ yaml: withCluster(...documents) }), {
    from: 'client.a',
    to: 'http://web.b.svc.cluster.local/',
    method: 'GET',
    path: '/',
    headers: {},
    isVersionAssumed: false,
  });
  const hop = explanation!.hops[1]!;
  const { answer, destinations } = hop.route;
  const what = answer === null ? destinations.map(({ cluster }) => cluster).join() : `${answer.status} ${answer.flag}`;
  return `${hop.listener.port}: ${what}`;
}

describe("a call through the gateway's Service", () => {
  const WEB = '80: outbound|80||web.b.svc.cluster.local';

  test.each(['8080', 'plain', '80'])("port 80 of a Gateway is the Service's: targetPort %s", (target) => {
    const ports = `{ name: http, port: 80, targetPort: ${target} }`;
    expect(atGateway(...leaving(ports), gateway('out', server(80, '*')), through(''))).toBe(WEB);
  });

  test('a Gateway may name the port of the pods, where the Service has no such port', () => {
    const ports = '{ name: http, port: 80, targetPort: 8080 }';
    expect(atGateway(...leaving(ports), gateway('out', server(8080, '*')), through(''))).toBe(
      '8080: outbound|80||web.b.svc.cluster.local',
    );
  });

  test('match.port is the number in the Gateway, not the port of the pods', () => {
    const ports = '{ name: http, port: 80, targetPort: 8080 }';
    const teapot = '{ match: [{ port: 80 }], directResponse: { status: 418 } },';
    expect(atGateway(...leaving(ports), gateway('out', server(80, '*')), through(teapot))).toBe('80: 418 ');
  });

  test('servers whose ports lead to one port of the pods share its listener', () => {
    const ports = '{ name: http, port: 80, targetPort: 8080 }';
    const both = [
      createdIn(2020, gateway('out', server(80, 'else.example.com'))),
      createdIn(2021, gateway('more', server(8080, '*'))),
    ];
    expect(atGateway(...leaving(ports), ...both, through(''))).toBe(WEB);
  });

  test('where the Service has the number at another port, nobody listens at the one that is called', () => {
    const ports = '{ name: http, port: 80, targetPort: 8080 }, { name: other, port: 8080, targetPort: 9090 }';
    expect(atGateway(...leaving(ports), gateway('out', server(8080, '*')), through(''))).toBe('80: 404 NR');
  });
});
