// What the seed file about the gateway between two networks does in a run: 11.
import { expect, test } from 'vitest';
import type { RunResult } from '../../../scenarios/library.js';
import { callsTo, describeSeed, namespace, outcomes, pods, run, seed, service, workloadOf } from './seed.js';

const FILE = '11-eastwest-gateway.yaml';
const NETWORK = 'topology.istio.io/network';
const HOST = 'istio-eastwestgateway.istio-system';

/** The gateway's pods and its address, in net2; the file opens port 15443 of them. */
const GATEWAY = [
  pods('istio-eastwestgateway', { namespace: 'istio-system', labels: { istio: 'eastwestgateway', [NETWORK]: 'net2' } }),
  `apiVersion: v1
kind: Service
metadata: { name: istio-eastwestgateway, namespace: istio-system, labels: { ${NETWORK}: net2 } }
spec: { type: LoadBalancer, selector: { app: istio-eastwestgateway }, ports: [{ name: tls, port: 15443 }] }
`,
];

/** One pod of the service on the client's network, three behind the gateway. */
const SHOP = [
  namespace('default', { 'istio-injection': 'enabled' }),
  pods('client', { labels: { [NETWORK]: 'net1' } }),
  pods('near', { labels: { service: 'stock', [NETWORK]: 'net1' } }),
  pods('far', { labels: { service: 'stock', [NETWORK]: 'net2' }, replicas: 3 }),
  service('stock', { selector: { service: 'stock' } }),
  ...GATEWAY,
];

const load = { traffic: [{ name: 'load', from: 'client', to: 'http://stock/', rate: '200/s' }] };

describeSeed(FILE, 'Gateway istio-system/eastwest-gateway', () => {
  test('its gateway passes connections to the other network on; without it they fail', async () => {
    const opened = await run([...SHOP, seed(FILE)], load);
    expect(outcomes(opened, 'load')).toEqual({ 200: 1 });
    const calls = callsTo(opened, 'load');
    const all = calls.near! + calls.far!;
    // The one endpoint that stands for three is picked as often as three; least request divides by what is under way.
    expect(calls.far! / all).toBeGreaterThan(0.5);
    expect(workloadOf(opened, 'istio-eastwestgateway.istio-system').proxyCpuCores.value).toBeGreaterThan(0);

    const closed = await run(SHOP, load);
    expect(callsTo(closed, 'load').near).toBeGreaterThan(0.9 * all);
  });

  test('its hosts: names of the cluster, nothing else', async () => {
    const other = { ...seed(FILE), text: seed(FILE).text.replace('"*.local"\n', '"*.example.com"\n') };
    const far = SHOP.filter((text) => !text.includes('"near"'));
    expect(outcomes(await run([...far, seed(FILE)], load), 'load')).toEqual({ 200: 1 });
    expect(Object.keys(outcomes(await run([...far, other], load), 'load'))).toEqual(['503 URX,UF']);
  });
});

describeSeed(FILE, 'DestinationRule istio-system/eastwest-gateway', () => {
  const direct = { traffic: [{ name: 'direct', from: 'client', to: `tcp://${HOST}:15443`, rate: '20/s' }] };

  test('who dials the gateway itself speaks mutual TLS to it, and its name is that of no cluster: closed. Without the rule: plain text, which no gateway between networks takes', async () => {
    const opened = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: opened, namespace: istio-system }
spec:
  selector: { istio: eastwestgateway }
  servers: [{ port: { number: 15443, name: tls, protocol: TLS }, tls: { mode: AUTO_PASSTHROUGH }, hosts: ["*.local"] }]
`;
    const codes = ({ warnings, diagnostics }: RunResult) => [...warnings, ...diagnostics].map(({ code }) => code);
    const ruled = await run([...SHOP, seed(FILE)], direct);
    expect(Object.keys(outcomes(ruled, 'direct'))).toEqual(['no response UF,URX']);
    expect(codes(ruled)).not.toContain('network-without-mtls');
    const bare = await run([...SHOP, opened], direct);
    expect(Object.keys(outcomes(bare, 'direct'))).toEqual(['no response UH']);
    expect(codes(bare)).toContain('network-without-mtls');
  });
});
