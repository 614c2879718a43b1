// What seed file 19 does in a run: a TCP proxy that closes idle connections, and a filter for adaptive concurrency that Envoy refuses as written.
import { describe, expect, test } from 'vitest';
import type { NamedText, RunResult, ScenarioSpec } from '../../../scenarios/library.js';
import { app, clusterOf, describeSeed, isPresent, outcomes, pods, run, seed } from './seed.js';

const FILE = '19-envoyfilter-proxy-config.yaml';
const CLUSTER = '          cluster: outbound|80||\n';

/** The file as written, with some of its text in other words. */
function file(...changes: readonly (readonly [string, string])[]): NamedText {
  const { name, text } = seed(FILE);
  for (const [from] of changes) if (!text.includes(from)) throw new Error(`${FILE} has no ${from}`);
  return { name, text: changes.reduce((changed, [from, to]) => changed.replace(from, to), text) };
}

describeSeed(FILE, 'EnvoyFilter istio-system/proxy-config', () => {
  describe('patch of tcp_proxy', () => {
    const database = (patch: NamedText | null, work: string, rate: string): Promise<RunResult> =>
      run([...(patch === null ? [] : [patch]), app('db', { port: 5432, portName: 'tcp' }), pods('client')], {
        traffic: [{ name: 'load', from: 'client', to: 'db:5432', rate, arrivals: 'constant' }],
        // Applications that keep their connections for ever.
        defaults: { wait: work, connections: { idle: '0s' } },
        run: { duration: '40m' },
      });
    const connections = (result: RunResult) => clusterOf(result, 'db.default.svc.cluster.local').counters;

    test('as written every TCP connection goes to a cluster that is not there, and is closed', async () => {
      const result = await database(seed(FILE), '1ms', '1/m');
      expect(outcomes(result, 'load')).toEqual({ 'no response NC': 1 });
      expect(result.diagnostics).toContainEqual(
        expect.objectContaining({
          code: 'destination-host-not-found',
          position: expect.objectContaining({ file: FILE, line: 18 }),
          message: expect.stringContaining('outbound|80||'),
        }),
      );
    });

    test('with the cluster of the route, connections that are idle for 300 s are closed', async () => {
      const patch = file([CLUSTER, '']);
      // One request in six minutes and forty seconds: each finds its connection closed.
      const [kept, closed] = [await database(null, '1ms', '9/h'), await database(patch, '1ms', '9/h')];
      expect(outcomes(closed, 'load')).toEqual({ 200: 1 });
      expect(connections(kept).upstreamCxTotal).toBeLessThanOrEqual(1);
      expect(connections(closed).upstreamCxTotal).toBeGreaterThanOrEqual(5);
      expect(connections(closed).upstreamCxIdleTimeout).toBeGreaterThanOrEqual(5);
      // Every four minutes: never idle for so long.
      expect(connections(await database(patch, '1ms', '15/h')).upstreamCxTotal).toBeLessThanOrEqual(1);
    });

    test('an answer that takes longer than that is lost with its connection', async () => {
      expect(outcomes(await database(file([CLUSTER, '']), '301s', '9/h'), 'load')).toEqual({ 'no response SI': 1 });
      expect(outcomes(await database(file([CLUSTER, '']), '299s', '9/h'), 'load')).toEqual({ 200: 1 });
      expect(outcomes(await database(null, '301s', '9/h'), 'load')).toEqual({ 200: 1 });
    });
  });

  describe('filter for adaptive concurrency', () => {
    const MISSING = [
      '          gradient_controller_config:\n',
      `          gradient_controller_config:
            concurrency_limit_params: { concurrency_update_interval: 0.1s }
            min_rtt_calc_params: { interval: 30s }
`,
    ] as const;
    const load: Omit<ScenarioSpec, 'mesh'> = {
      traffic: [{ name: 'load', from: 'client', to: 'http://web/', rate: '400/s' }],
      // Five at once: 250 requests a second.
      services: { web: { wait: '20ms', workers: 5 } },
      run: { duration: '20s' },
    };
    const web = (patch: NamedText): Promise<RunResult> => run([patch, app('web'), pods('client')], load);

    test('as written Envoy refuses it for two fields that it must have, and requests queue', async () => {
      const result = await web(seed(FILE));
      expect(result.diagnostics).toContainEqual(
        expect.objectContaining({ code: 'refused-by-envoy', severity: 'warning' }),
      );
      expect(outcomes(result, 'load')).toEqual({ 200: 1 });
      expect(result.totals.latency.p99Ms.value).toBeGreaterThan(3000);
    });

    test('with these, the sidecar of the server refuses what would queue', async () => {
      const result = await web(file(MISSING));
      const { 200: answered = 0, 503: refused = 0 } = outcomes(result, 'load');
      expect(answered + refused).toBeCloseTo(1, 5);
      expect(refused).toBeGreaterThan(0.2);
      expect(result.totals.latency.p99Ms.value).toBeLessThan(1500);
    });
  });
});

describe.skipIf(!isPresent)('the same patches elsewhere', () => {
  test('a TCP proxy of a server keeps its own', async () => {
    const patch = file([CLUSTER, ''], ['SIDECAR_OUTBOUND', 'SIDECAR_INBOUND']);
    const result = await run([patch, app('db', { port: 5432, portName: 'tcp' }), pods('client')], {
      traffic: [{ name: 'load', from: 'client', to: 'db:5432', rate: '1/s' }],
    });
    expect(result.fidelity).toContainEqual(
      expect.objectContaining({ status: 'not-modelled', path: 'spec.configPatches[0]' }),
    );
  });
});
