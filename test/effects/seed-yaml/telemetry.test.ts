// What the seed files about telemetry do in a run: 07 spans and their cost, 08 and 17 tags of metrics, the series that they make, and their cost.
import { expect, test } from 'vitest';
import type { NamedText, RunResult, TelemetrySummary } from '../../../scenarios/library.js';
import { app, describeSeed, pods, proxyCores, run, seed } from './seed.js';

const RATE = 500;

interface Load {
  readonly requests?: readonly string[];
  readonly portName?: string;
  readonly errors?: boolean;
  readonly clients?: number;
}

/** Some clients ask web, which fails one request in ten if it is told to. */
async function observed(files: readonly (string | NamedText)[], load: Load = {}): Promise<RunResult> {
  const { requests = ['/'], portName = 'http', errors = false, clients = 1 } = load;
  const callers = Array.from({ length: clients }, (_, i) => pods(`client-${i + 1}`));
  return await run([...files, app('web', { portName }), ...callers], {
    traffic: callers.map((_, i) => ({
      name: `load-${i + 1}`,
      from: `client-${i + 1}`,
      to: 'http://web/',
      rate: `${RATE / clients}/s`,
      arrivals: 'constant',
      requests: requests.map((path) => ({
        name: `get ${path}`,
        path,
        headers: portName === 'grpc' ? { te: 'trailers' } : {},
      })),
    })),
    services: { web: { wait: '1ms', ...(errors ? { errors: { 500: '10%' } } : {}) } },
    run: { duration: '10s' },
  });
}

function reportOf(
  result: RunResult,
  reporter: TelemetrySummary['reporter'],
  workload = 'web.default',
): TelemetrySummary {
  const found = result.telemetry.find((summary) => summary.workload === workload && summary.reporter === reporter);
  if (found === undefined) throw new Error(`no report of ${workload}`);
  return found;
}

const metricOf = ({ metrics }: TelemetrySummary, name: string) => metrics.find((metric) => metric.name === name);
const web = (result: RunResult): number => proxyCores(result, 'web.default');

describeSeed('07-telemetry-tracing.yaml', 'Telemetry istio-system/mesh-default', () => {
  const FILE = '07-telemetry-tracing.yaml';
  const OTEL = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "extensionProviders: [{ name: otel, opentelemetry: { service: otel.observability.svc.cluster.local, port: 4317 } }]" }
`;

  test('each proxy on the way reports a span for every request, and pays for it', async () => {
    const [without, withIt] = [await observed([OTEL]), await observed([OTEL, seed(FILE)])];
    expect(reportOf(without, 'destination').spansPerSecond).toBe(0);
    expect(reportOf(withIt, 'destination').spansPerSecond).toBeCloseTo(RATE, -1);
    expect(reportOf(withIt, 'source', 'client-1.default').spansPerSecond).toBeCloseTo(RATE, -1);
    // 50 us a span, and half a microsecond for each of its three tags.
    expect(web(withIt) - web(without)).toBeCloseTo(RATE * 51.5e-6, 3);
  });

  test('its tags are part of the cost', async () => {
    const { text } = seed(FILE);
    const cut = `${text.slice(0, text.indexOf('    customTags:'))}${text.slice(text.indexOf('    disableSpanReporting:'))}`;
    const [tagged, bare] = [await observed([OTEL, seed(FILE)]), await observed([OTEL, { name: FILE, text: cut }])];
    expect(web(tagged) - web(bare)).toBeCloseTo(RATE * 1.5e-6, 5);
  });

  test('a provider that the mesh does not have gets no spans, nor does one that is switched off', async () => {
    expect(reportOf(await observed([seed(FILE)]), 'destination').spansPerSecond).toBe(0);
    const text = seed(FILE).text.replace('disableSpanReporting: false', 'disableSpanReporting: true');
    expect(reportOf(await observed([OTEL, { name: FILE, text }]), 'destination').spansPerSecond).toBe(0);
  });
});

describeSeed('08-telemetry-metrics.yaml', 'Telemetry default/custom-metrics', () => {
  const FILE = '08-telemetry-metrics.yaml';
  const REQUESTS = 'istio_requests_total';

  test('requests have two tags more, and durations another value for one', async () => {
    const [without, withIt] = [await observed([]), await observed([seed(FILE)])];
    for (const reporter of ['source', 'destination'] as const) {
      const of = (result: RunResult) =>
        reportOf(result, reporter, reporter === 'source' ? 'client-1.default' : 'web.default');
      expect(metricOf(of(without), REQUESTS)).toEqual({ name: REQUESTS, tags: 25, labelSets: 1, series: 1 });
      expect(metricOf(of(withIt), REQUESTS)).toMatchObject({ tags: 27 });
      expect(metricOf(of(withIt), 'istio_request_duration_milliseconds')).toMatchObject({ tags: 25, series: 22 });
      expect(metricOf(of(withIt), 'istio_request_bytes')).toMatchObject({ tags: 25 });
    }
  });

  test('as written its tags make no series more: there is no destination.service.name, and a status is counted already', async () => {
    const load = { requests: ['/a', '/b', '/c'], errors: true };
    const [without, withIt] = [await observed([], load), await observed([seed(FILE)], load)];
    expect(metricOf(reportOf(without, 'destination'), REQUESTS)?.series).toBe(2);
    expect(reportOf(withIt, 'destination').series).toBe(reportOf(without, 'destination').series);
    const grpc = { ...load, portName: 'grpc' };
    const [plain, changed] = [await observed([], grpc), await observed([seed(FILE)], grpc)].map((result) =>
      reportOf(result, 'destination'),
    );
    expect(metricOf(plain!, 'istio_request_messages_total')?.series).toBe(2);
    expect(changed!.series).toBe(plain!.series);
  });

  test('an attribute that there is makes a series more for each of its values', async () => {
    const text = seed(FILE).text.replace('destination.service.name', 'request.url_path');
    const series = async (files: readonly NamedText[]) =>
      metricOf(reportOf(await observed(files, { requests: ['/a', '/b', '/c'], errors: true }), 'destination'), REQUESTS)
        ?.series;
    expect(await series([])).toBe(2);
    expect(await series([{ name: FILE, text }])).toBe(6);
  });

  test('three expressions are evaluated for each request, at a microsecond each, by proxies of its namespace', async () => {
    const [without, withIt] = [await observed([]), await observed([seed(FILE)])];
    expect(web(withIt) - web(without)).toBeCloseTo(RATE * 3e-6, 5);
    const elsewhere = { name: FILE, text: seed(FILE).text.replace('namespace: default', 'namespace: other') };
    expect(web(await observed([elsewhere]))).toBe(web(without));
  });
});

describeSeed('17-performance-telemetry.yaml', 'Telemetry istio-system/performance-telemetry', () => {
  const FILE = '17-performance-telemetry.yaml';
  const DURATION = 'istio_request_duration_milliseconds';
  const SIZE = 'istio_request_bytes';

  test('it loads, and is said to be what a cluster refuses', async () => {
    const { diagnostics } = await observed([seed(FILE)]);
    const own = diagnostics.filter(({ position }) => position?.file === FILE);
    expect(own.map(({ code, severity, position }) => `${severity} ${code} ${position?.line}`).sort()).toEqual([
      'warning refused-by-webhook 15',
      'warning refused-by-webhook 17',
      'warning refused-by-webhook 19',
      'warning refused-by-webhook 22',
      'warning refused-by-webhook 24',
      'warning refused-by-webhook 26',
    ]);
  });

  test('tags without a value are lost: their metrics have fewer series', async () => {
    const load = { clients: 2, errors: true };
    const [without, withIt] = [await observed([], load), await observed([seed(FILE)], load)];
    const [plain, changed] = [reportOf(without, 'destination'), reportOf(withIt, 'destination')];
    // Two clients, two statuses.
    expect(metricOf(plain, DURATION)).toMatchObject({ tags: 25, labelSets: 4, series: 88 });
    expect(metricOf(plain, SIZE)).toMatchObject({ tags: 25, labelSets: 4, series: 88 });
    // The clients differ by other tags than the workload's; the status by none.
    expect(metricOf(changed, DURATION)).toMatchObject({ tags: 22, labelSets: 2, series: 44 });
    expect(metricOf(changed, SIZE)).toMatchObject({ tags: 23, labelSets: 4 });
    expect(metricOf(changed, 'istio_requests_total')).toEqual(metricOf(plain, 'istio_requests_total'));
  });

  test('with values they are evaluated', async () => {
    const text = seed(FILE).text.replaceAll('operation: UPSERT', 'value: response.code');
    const [without, withIt] = [await observed([]), await observed([{ name: FILE, text }])];
    expect(metricOf(reportOf(withIt, 'destination'), DURATION)).toMatchObject({ tags: 25, series: 22 });
    // One text, however many tags it stands for.
    expect(web(withIt) - web(without)).toBeCloseTo(RATE * 1e-6, 5);
  });
});
