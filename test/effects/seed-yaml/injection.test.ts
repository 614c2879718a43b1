// What the seed files about sidecars do in a run: 01, 02, 18.
import { expect, test } from 'vitest';
import type { RunResult } from '../../../scenarios/library.js';
import { app, describeSeed, namespace, outcomes, pods, proxyCores, run, seed, workloadOf } from './seed.js';

describeSeed('01-sidecar-injector-webhook.yaml', 'MutatingWebhookConfiguration sidecar-injector-webhook', () => {
  const mesh = [
    namespace('meshed', { 'istio-injection': 'enabled' }),
    namespace('plain', {}),
    app('web', { namespace: 'meshed' }),
    app('web', { namespace: 'plain' }),
    // Istio's own webhooks would ask for these pods too.
    app('wish', { namespace: 'plain', labels: { 'sidecar.istio.io/inject': 'true' } }),
    app('never', { namespace: 'meshed', labels: { 'sidecar.istio.io/inject': 'false' } }),
    pods('client', { namespace: 'meshed' }),
  ];
  const hosts = ['web.meshed', 'web.plain', 'wish.plain', 'never.meshed'];
  const load = {
    traffic: hosts.map((host) => ({ name: host, from: 'client.meshed', to: `http://${host}/`, rate: '20/s' })),
  };
  const withProxy = async (files: Parameters<typeof run>[0]): Promise<string[]> => {
    const result = await run([...files, ...mesh], load);
    expect(result.totals.errorShare.value).toBe(0);
    return hosts.filter((host) => proxyCores(result, host) > 0);
  };

  test('pods of namespaces that it selects have a sidecar, and no others', async () => {
    expect(await withProxy([seed('01-sidecar-injector-webhook.yaml')])).toEqual(['web.meshed']);
    expect(await withProxy([])).toEqual(['web.meshed', 'wish.plain']);
  });

  test('a webhook of another label leaves them without one', async () => {
    const { name, text } = seed('01-sidecar-injector-webhook.yaml');
    expect(await withProxy([{ name, text: text.replace('istio-injection: enabled', 'mesh: "on"') }])).toEqual([]);
  });
});

/** 4000 requests a second, more than the proxies of web can take with half a core. */
async function busy(files: Parameters<typeof run>[0], more: { pods?: string; rate?: string } = {}): Promise<RunResult> {
  const clients = pods('client', { replicas: 10, annotations: { 'sidecar.istio.io/inject': 'false' } });
  return await run([...files, more.pods ?? app('web'), clients], {
    traffic: [{ name: 'load', from: 'client', to: 'http://web/', rate: more.rate ?? '4000/s' }],
    defaults: { wait: '1ms' },
    run: { duration: '3s' },
  });
}
const MIB = 1_048_576;

describeSeed('02-sidecar-injection-template.yaml', 'spec', () => {
  const FILE = '02-sidecar-injection-template.yaml';
  /** Values of the chart, which a template without expressions does not look at. */
  const VALUES = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio-sidecar-injector, namespace: istio-system }
data: { values: "global: { proxy: { resources: { limits: { cpu: 500m, memory: 128Mi } } } }" }
`;

  test('sidecars have its limits: two cores and 1Gi, whatever the values of the chart say', async () => {
    const [byValues, byTemplate] = [await busy([VALUES]), await busy([VALUES, seed(FILE)])];
    expect(byValues.totals.goodputPerSecond.value).toBeLessThan(3000);
    expect(byTemplate.totals.goodputPerSecond.value).toBeGreaterThan(3900);
    expect(workloadOf(byValues, 'web.default').proxyMemoryLimitBytes).toBe(128 * MIB);
    expect(workloadOf(byTemplate, 'web.default').proxyMemoryLimitBytes).toBe(1024 * MIB);
  });

  test('another limit is another size: threads, and what they can take', async () => {
    const text = seed(FILE).text.replace('cpu: "2"', 'cpu: 250m');
    const result = await busy([{ name: FILE, text }]);
    expect(result.totals.goodputPerSecond.value).toBeLessThan(1500);
    expect(proxyCores(result, 'web.default')).toBeLessThan(0.26);
  });

  test('annotations of a pod replace them', async () => {
    const own = app('web', { annotations: { 'sidecar.istio.io/proxyCPULimit': '300m' } });
    const result = await busy([seed(FILE)], { pods: own });
    expect(result.totals.goodputPerSecond.value).toBeLessThan(1700);
    expect(workloadOf(result, 'web.default').proxyMemoryLimitBytes).toBeNull();
  });

  test('ports that it leaves to the application are reached past the sidecar: without its cost, its mutual TLS and its policies', async () => {
    const strict = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nobody, namespace: default }
spec: {}
`;
    const at = async (targetPort: number, text = seed(FILE).text): Promise<[string[], number]> => {
      const web = app('web', { port: 80, targetPort });
      const result = await busy([{ name: FILE, text }, strict], { pods: web, rate: '100/s' });
      const labels = result.traffic.flatMap(({ requests }) =>
        requests.flatMap(({ outcomes }) => outcomes.map((o) => o.label)),
      );
      return [labels, proxyCores(result, 'web.default')];
    };
    // -d: 15090, 15021, 15020; the callers have no sidecars.
    for (const port of [15_090, 15_021, 15_020]) expect(await at(port)).toEqual([['200'], 0]);
    expect((await at(8080))[0]).toEqual(['no response UC']);
    const more = seed(FILE).text.replace('15090,15021,15020', '15090,15021,15020,8080');
    expect(await at(8080, more)).toEqual([['200'], 0]);
    // -b: every port, or those alone that are named.
    const few = seed(FILE).text.replace('    - -b\n    - "*"', '    - -b\n    - "9090,9091"');
    expect(await at(8080, few)).toEqual([['200'], 0]);
    expect((await at(9090, few))[0]).toEqual(['no response UC']);
  });

  test('annotations of a pod take the place of its ports; a caller with a sidecar speaks TLS to whoever listens there', async () => {
    const open = (annotations: Record<string, string>) => app('web', { port: 80, targetPort: 8080, annotations });
    const label = async (annotations: Record<string, string>): Promise<string> => {
      const result = await run([open(annotations), pods('client')], {
        traffic: [{ name: 'load', from: 'client', to: 'http://web/', rate: '20/s' }],
      });
      return Object.keys(outcomes(result, 'load')).join();
    };
    expect(await label({})).toBe('200');
    expect(await label({ 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' })).toMatch(/^503 URX,UF/);
    expect(await label({ 'traffic.sidecar.istio.io/includeInboundPorts': '9090' })).toMatch(/^503 URX,UF/);
    expect(await label({ 'traffic.sidecar.istio.io/excludeInboundPorts': '9090' })).toBe('200');
  });

  test('what it leaves out of outbound connections is not told apart, and listed', async () => {
    const text = seed(FILE).text.replace('    - -x\n    - ""', '    - -x\n    - "10.1.0.0/16"');
    const own = app('web', { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '5432' } });
    const { fidelity } = await busy([{ name: FILE, text }], { rate: '1/s', pods: own });
    const listed = fidelity
      .filter(({ status }) => status === 'not-modelled')
      .map(({ resource, path }) => `${resource} ${path}`);
    expect(listed).toContain('sidecar template spec.initContainers[0].args');
    expect(listed).toContain(
      'Deployment default/web spec.template.metadata.annotations.traffic.sidecar.istio.io/excludeOutboundPorts',
    );
    const asWritten = (await busy([seed(FILE)], { rate: '1/s' })).fidelity.map(({ path }) => path);
    expect(asWritten).not.toContain('spec.initContainers[0].args');
  });

  test('it is said for what the document is taken', async () => {
    const { diagnostics } = await busy([seed(FILE)], { rate: '1/s' });
    expect(diagnostics).toMatchObject([{ code: 'sidecar-template', severity: 'info' }]);
  });
});

describeSeed('18-sidecar-resources.yaml', 'ConfigMap istio-system/istio-sidecar-injector', () => {
  const FILE = '18-sidecar-resources.yaml';

  test('sidecars have half a core and one thread in place of two, and a memory limit of 256Mi', async () => {
    const [without, withIt] = [await busy([]), await busy([seed(FILE)])];
    expect(without.totals.goodputPerSecond.value).toBeGreaterThan(3900);
    expect(withIt.totals.goodputPerSecond.value).toBeLessThan(3000);
    const { proxyCpuCores, proxyUtilisationShare, proxyMemoryLimitBytes } = workloadOf(withIt, 'web.default');
    expect(proxyCpuCores.value).toBeLessThan(0.51);
    expect(proxyUtilisationShare.value! / proxyCpuCores.value!).toBeCloseTo(1, 5);
    expect(proxyMemoryLimitBytes).toBe(256 * MIB);
  });

  test('more connections than fit into 256Mi are warned of', async () => {
    const crowd = async (files: Parameters<typeof run>[0]) =>
      await run(
        [...files, app('web'), pods('client', { replicas: 10, annotations: { 'sidecar.istio.io/inject': 'false' } })],
        {
          traffic: [{ name: 'load', from: 'client', to: 'http://web/', connections: 4500 }],
          defaults: { wait: '3s' },
          run: { duration: '5s', warmup: '0s' },
        },
      );
    const codes = ({ warnings }: RunResult): string[] => warnings.map(({ code }) => code);
    expect(codes(await crowd([seed(FILE)]))).toContain('proxy-memory');
    expect(codes(await crowd([]))).not.toContain('proxy-memory');
  });

  test('its tracer samples one request in a hundred, which costs the proxies', async () => {
    const calm = { rate: '1000/s', pods: app('web', { annotations: { 'sidecar.istio.io/proxyCPULimit': '2' } }) };
    const untraced = { name: FILE, text: seed(FILE).text.replace('tracer: zipkin', 'tracer: none') };
    const cores = async (file: { name: string; text: string }) => proxyCores(await busy([file], calm), 'web.default');
    // 1 % of 1000 requests a second, 50 us each.
    expect((await cores(seed(FILE))) - (await cores(untraced))).toBeCloseTo(0.0005, 4);
  });

  test('concurrency is a value that Istio no longer reads; where it is read, it makes two threads', async () => {
    const { diagnostics, fidelity } = await busy([seed(FILE)], { rate: '1/s' });
    expect(diagnostics).toMatchObject([
      { code: 'ignored-by-istio', severity: 'warning', position: { file: FILE, line: 20 } },
    ]);
    expect(fidelity.some(({ resource }) => resource === 'ConfigMap istio-system/istio-sidecar-injector')).toBe(true);
    const mesh = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "defaultConfig: { concurrency: 2 }" }
`;
    const { proxyCpuCores, proxyUtilisationShare } = workloadOf(await busy([seed(FILE), mesh]), 'web.default');
    expect(proxyUtilisationShare.value! / proxyCpuCores.value!).toBeCloseTo(0.5, 5);
  });
});
