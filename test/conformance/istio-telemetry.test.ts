// Telemetry from YAML to the CPU of the proxies (istio: pilot/pkg/model/telemetry_test.go TestAccessLogging, TestTracing).
import { describe, expect, test } from 'vitest';
import { load } from '../models/config/helpers.js';
import { planOf, withCluster } from '../models/plan/support.js';
import { runIstio } from '../support/istio-run.js';

function telemetry(name: string, inNamespace: string, spec: string): string {
  return `apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: { name: ${name}, namespace: ${inNamespace} }\nspec: ${spec}\n`;
}

function meshConfig(text: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |-\n    ${text}\n`;
}

const LOGS = meshConfig('{ accessLogFile: /dev/stdout }');
const ZIPKIN = meshConfig(
  '{ extensionProviders: [{ name: zip, zipkin: { service: zipkin.istio-system.svc.cluster.local, port: 9411 } }] }',
);

/** Nanoseconds after each response beyond those without any of these documents: of calls, of the application. */
function cost(...documents: readonly string[]): [outbound: number, inbound: number] {
  const proxyOf = (more: readonly string[]) =>
    planOf({ yaml: withCluster(...more) }).workloads.find(({ name }) => name === 'web-v1')!.proxy!;
  const proxy = proxyOf(documents);
  const common = proxy.afterResponseCpuNs - proxyOf([]).afterResponseCpuNs;
  return [common + proxy.observing.outboundNs, common + proxy.observing.inboundNs];
}

describe('access logs', () => {
  test('the file of the mesh, or of the demo profile', () => {
    expect(cost(LOGS)).toEqual([40_000, 40_000]);
    expect(cost(meshConfig('{ trustDomain: x }'))).toEqual([0, 0]);
    expect(cost('apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: { profile: demo }\n')).toEqual([
      40_000, 40_000,
    ]);
  });

  test('Telemetry of the mesh, the namespace, the workload: the last one says it', () => {
    const on = telemetry('mesh', 'istio-system', '{ accessLogging: [{ providers: [{ name: envoy }] }] }');
    const off = telemetry('ns', 'b', '{ accessLogging: [{ disabled: true }] }');
    const web = telemetry(
      'web',
      'b',
      '{ selector: { matchLabels: { app: web } }, accessLogging: [{ providers: [{ name: envoy }] }] }',
    );
    expect(cost(on)).toEqual([40_000, 40_000]);
    expect(cost(on, off)).toEqual([0, 0]);
    expect(cost(on, off, web)).toEqual([40_000, 40_000]);
    expect(cost(LOGS, off)).toEqual([0, 0]);
  });

  test('by role, by known providers only', () => {
    const as = (mode: string): string =>
      telemetry('ns', 'b', `{ accessLogging: [{ match: { mode: ${mode} }, providers: [{ name: envoy }] }] }`);
    expect(cost(as('SERVER'))).toEqual([0, 40_000]);
    expect(cost(as('CLIENT'))).toEqual([40_000, 0]);
    const unknown = telemetry('ns', 'b', '{ accessLogging: [{ providers: [{ name: nobody }] }] }');
    expect(cost(unknown)).toEqual([0, 0]);
    expect(cost(meshConfig('{ defaultProviders: { accessLogging: [envoy] } }'))).toEqual([40_000, 40_000]);
  });
});

describe('tracing', () => {
  test('needs a provider; 1 % of the requests unless something says otherwise', () => {
    const zip = (more = ''): string => telemetry('ns', 'b', `{ tracing: [{ providers: [{ name: zip }]${more} }] }`);
    expect(cost(ZIPKIN)).toEqual([0, 0]);
    expect(cost(ZIPKIN, zip())).toEqual([500, 500]);
    expect(cost(ZIPKIN, zip(', randomSamplingPercentage: 100'))).toEqual([50_000, 50_000]);
    expect(cost(ZIPKIN, zip(', randomSamplingPercentage: 100, disableSpanReporting: true'))).toEqual([0, 0]);
    expect(cost(zip(', randomSamplingPercentage: 100'))).toEqual([0, 0]);
  });

  test('a deeper level changes the sampling alone', () => {
    const mesh = telemetry('mesh', 'istio-system', '{ tracing: [{ providers: [{ name: zip }] }] }');
    const half = telemetry('ns', 'b', '{ tracing: [{ randomSamplingPercentage: 50 }] }');
    expect(cost(ZIPKIN, mesh, half)).toEqual([25_000, 25_000]);
  });

  test('the old way: a tracer in the configuration of the proxies', () => {
    const old = (enabled: boolean): string =>
      meshConfig(
        `{ enableTracing: ${enabled}, defaultConfig: { tracing: { sampling: 10, zipkin: { address: "zipkin:9411" } } } }`,
      );
    expect(cost(old(true))).toEqual([5_000, 5_000]);
    expect(cost(old(false))).toEqual([0, 0]);
  });
});

test('metrics that are all off cost nothing any more', () => {
  const off = (match: string): string =>
    telemetry('ns', 'b', `{ metrics: [{ overrides: [{ ${match} disabled: true }] }] }`);
  expect(cost(off(''))).toEqual([-70_000, -70_000]);
  expect(cost(off('match: { metric: REQUEST_COUNT },'))).toEqual([0, 0]);
});

test('in a run: the logs of servers take CPU of their proxies', () => {
  const cpu = (...more: readonly string[]): { readonly perRequestNs: number } => {
    const { plan, result } = runIstio({ yaml: withCluster(...more) });
    const web = result.workloads.filter((_, index) => plan.workloads[index]!.service === 'web');
    const requests = web.reduce((sum, { arrivals }) => sum + arrivals, 0);
    return { perRequestNs: web.reduce((sum, { proxyCpuNs }) => sum + proxyCpuNs, 0) / requests };
  };
  const server = telemetry('ns', 'b', '{ accessLogging: [{ match: { mode: SERVER }, providers: [{ name: envoy }] }] }');
  const client = telemetry('ns', 'b', '{ accessLogging: [{ match: { mode: CLIENT }, providers: [{ name: envoy }] }] }');
  const base = cpu().perRequestNs;
  expect(cpu(server).perRequestNs - base).toBeCloseTo(40_000, -1);
  expect(cpu(client).perRequestNs - base).toBeCloseTo(0, -1);
});

describe('a Telemetry', () => {
  test.each([
    ['{ tracing: [{ randomSamplingPercentage: 101 }] }', 'spec.tracing[0].randomSamplingPercentage'],
    ['{ accessLogging: [{ providers: [{ name: "" }] }] }', 'spec.accessLogging[0].providers[0].name'],
    ['{ tracing: [{ customTags: { x: {} } }] }', 'spec.tracing[0].customTags.x'],
    ['{ metrics: [{ overrides: [{ match: { metric: REQUESTS } }] }] }', 'spec.metrics[0].overrides[0].match.metric'],
    ['{ metrics: [{ overrides: [{ tagOverrides: { x: { operation: REMOVE, value: a } } }] }] }', 'tagOverrides.x'],
  ])('%s is refused', (spec, place) => {
    const set = load(telemetry('t', 'b', spec));
    expect(set.telemetries).toEqual([]);
    expect(set.diagnostics[0]!.message).toContain(place);
    expect(set.diagnostics[0]!.position!.line).toBe(4);
  });

  test.each([
    ['{ metrics: [{ overrides: [{ tagOverrides: { x: {} } }] }] }', 'refused-by-webhook'],
    ['{ metrics: [{ overrides: [{ match: { metric: RESPONSE_BYTES } }] }] }', 'refused-by-webhook'],
    ['{ metrics: [{ overrides: [{ tagOverrides: { x: { value: destination.name } } }] }] }', 'unknown-attribute'],
    ['{ metrics: [{ overrides: [{ tagOverrides: { x: { value: "source.address" } } }] }] }', undefined],
  ])('%s is read, with a warning', (spec, code) => {
    const set = load(telemetry('t', 'b', spec));
    expect(set.telemetries).toHaveLength(1);
    expect(set.diagnostics[0]?.code).toBe(code);
    expect(set.diagnostics.every(({ severity }) => severity === 'warning')).toBe(true);
  });
});

describe('metrics (TestMetrics)', () => {
  /** Tags of a metric at a proxy of namespace b; null: it is dropped. */
  const tagsOf = (name: string, role: 'outbound' | 'inbound', ...documents: readonly string[]): string[] | null => {
    const { workloads } = planOf({ yaml: withCluster(...documents) });
    const metrics = workloads.find((workload) => workload.name === 'web-v1')?.proxy?.observed?.[role].metrics ?? [];
    const found = metrics.find((metric) => metric.name === `istio_${name}`);
    return found === undefined
      ? null
      : [...found.tags, ...found.expressions.map(({ tag, expression }) => `${tag}=${expression}`)];
  };
  const overrides = (name: string, inNamespace: string, ...list: readonly string[]): string =>
    telemetry(
      name,
      inNamespace,
      `{ metrics: [{ providers: [{ name: prometheus }], overrides: [${list.join(', ')}] }] }`,
    );

  test('all of them have 25 tags, connections 23', () => {
    expect(tagsOf('requests_total', 'inbound')).toHaveLength(25);
    expect(tagsOf('tcp_sent_bytes_total', 'inbound')).toHaveLength(23);
  });

  test('overrides add up from level to level, the last one for a tag counts, each for its roles and metrics', () => {
    const mesh = overrides(
      'mesh',
      'istio-system',
      '{ match: { metric: REQUEST_COUNT, mode: SERVER }, tagOverrides: { request_host: { value: request.host }, response_flags: { operation: REMOVE } } }',
    );
    const own = overrides('own', 'b', '{ tagOverrides: { request_host: { value: request.method } } }');
    expect(tagsOf('requests_total', 'inbound', mesh)).toContain('request_host=request.host');
    expect(tagsOf('requests_total', 'inbound', mesh)).not.toContain('response_flags');
    expect(tagsOf('requests_total', 'outbound', mesh)).toHaveLength(25);
    expect(tagsOf('response_bytes', 'inbound', mesh)).toHaveLength(25);
    expect(tagsOf('requests_total', 'inbound', mesh, own)).toContain('request_host=request.method');
    expect(tagsOf('requests_total', 'inbound', mesh, own)).toHaveLength(25);
    expect(tagsOf('response_bytes', 'outbound', mesh, own)).toContain('request_host=request.method');
  });

  test('a metric is dropped, and had again below', () => {
    const off = overrides('mesh', 'istio-system', '{ match: { metric: REQUEST_SIZE }, disabled: true }');
    const on = overrides('own', 'b', '{ match: { metric: REQUEST_SIZE }, disabled: false }');
    expect(tagsOf('request_bytes', 'inbound', off)).toBeNull();
    expect(tagsOf('response_bytes', 'inbound', off)).toHaveLength(25);
    expect(tagsOf('request_bytes', 'inbound', off, on)).toHaveLength(25);
  });

  test('another provider than Prometheus has none, and costs nothing here', () => {
    const elsewhere = telemetry('ns', 'b', '{ metrics: [{ providers: [{ name: stackdriver }] }] }');
    expect(tagsOf('requests_total', 'inbound', elsewhere)).toBeNull();
    expect(cost(elsewhere)).toEqual([-70_000, -70_000]);
  });
});
