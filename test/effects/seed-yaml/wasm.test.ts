// What seed file 24 does in a run: a Wasm filter at the ingress gateway, what it costs, and what becomes of requests where it cannot be fetched.
import { expect, test } from 'vitest';
import type { RunResult, ScenarioSpec } from '../../../scenarios/library.js';
import { app, describeSeed, outcomes, proxyCores, run, seed } from './seed.js';

const FILE = '24-wasm-plugin.yaml';
const GATEWAY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: istio-system }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: default }
spec: { hosts: [shop.example.com], gateways: [istio-system/edge], http: [{ route: [{ destination: { host: shop } }] }] }
`;

describeSeed(FILE, 'WasmPlugin istio-system/custom-auth-plugin', () => {
  const through = async (
    file: { name: string; text: string } | null,
    wasm?: NonNullable<ScenarioSpec['filters']>['wasm'],
  ): Promise<RunResult> =>
    await run([...(file === null ? [] : [file]), GATEWAY, app('shop')], {
      traffic: [{ name: 'load', to: 'http://shop.example.com/', rate: '100/s', arrivals: 'constant' }],
      ...(wasm === undefined ? {} : { filters: { wasm } }),
    });
  const EDGE = 'istio-ingressgateway.istio-system';

  test('every request pays for it at the gateway, and at no sidecar', async () => {
    const wasm = { cpu: '200us', latency: '3ms' };
    const [without, withIt] = [await through(null, wasm), await through(seed(FILE), wasm)];
    const added = withIt.totals.latency.meanMs.value! - without.totals.latency.meanMs.value!;
    expect(added).toBeGreaterThan(3.1);
    expect(added).toBeLessThan(3.5);
    // 100 requests a second of 200 us.
    expect(proxyCores(withIt, EDGE) - proxyCores(without, EDGE)).toBeCloseTo(0.02, 3);
    expect(proxyCores(withIt, 'shop.default')).toBeCloseTo(proxyCores(without, 'shop.default'), 4);
    expect(outcomes(withIt, 'istio-ingressgateway')).toEqual({ 200: 1 });
  });

  test('a module that cannot be fetched lets nobody pass, unless it may fail open', async () => {
    const broken = { broken: ['custom-auth-plugin.istio-system'] };
    const labels = (result: RunResult) =>
      result.traffic.flatMap(({ requests }) => requests[0]!.outcomes.map((o) => o.label));
    expect(labels(await through(seed(FILE), broken))).toEqual(['403']);
    const text = seed(FILE).text.replace('  phase: AUTHN', '  phase: AUTHN\n  failStrategy: FAIL_OPEN');
    expect(labels(await through({ name: FILE, text }, broken))).toEqual(['200']);
  });

  test('in the phase AUTHN it comes before the policies: what they refuse has paid for it', async () => {
    const deny = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nobody, namespace: istio-system }
spec: { selector: { matchLabels: { istio: ingressgateway } } }
`;
    const latency = async (text: string): Promise<number> => {
      const result = await run([{ name: FILE, text }, GATEWAY, app('shop'), deny], {
        traffic: [{ name: 'load', to: 'http://shop.example.com/', rate: '100/s' }],
        filters: { wasm: { cpu: '0us', latency: '10ms' } },
      });
      expect(result.totals.refusedShare.value).toBe(1);
      return result.totals.latency.meanMs.value!;
    };
    const { text } = seed(FILE);
    expect(await latency(text)).toBeGreaterThan(10);
    expect(await latency(text.replace('phase: AUTHN', 'phase: STATS'))).toBeLessThan(5);
  });
});
