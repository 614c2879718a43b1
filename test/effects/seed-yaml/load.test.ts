// What seed file 16 does: the command line of a load generator is the traffic of a run, without any scenario.
import { expect, test } from 'vitest';
import { loadMesh, simulate } from '../../../scenarios/library.js';
import { app, describeSeed, seed, workloadOf } from './seed.js';

const FILE = '16-fortio-benchmark.yaml';

describeSeed(FILE, 'Deployment perf-test/fortio-client', () => {
  const target = app('target-service', { namespace: 'perf-test', port: 8080, replicas: 5 });
  const mesh = (text: string) =>
    loadMesh([
      { name: FILE, text },
      { name: 'target.yaml', text: target },
    ]);

  test('three pods with 50 connections each send 1000 requests a second each, for 300 s', async () => {
    const loaded = mesh(seed(FILE).text);
    expect(loaded.scenario.run.durationNs).toBe(300e9);
    expect(loaded.plan.traffic).toMatchObject([{ arrival: { kind: 'closed', connections: 150 } }]);
    const result = await simulate(loaded, { workers: 0, replications: 1, duration: '10s' });
    expect(result.traffic).toMatchObject([{ name: 'fortio-client', kind: 'closed' }]);
    expect(result.totals.servedPerSecond.value).toBeGreaterThan(2950);
    expect(result.totals.servedPerSecond.value).toBeLessThan(3050);
    expect(result.totals.errorShare.value).toBe(0);
    expect(workloadOf(result, 'fortio-client.perf-test')).toMatchObject({ pods: 3 });
    expect(workloadOf(result, 'fortio-client.perf-test').proxyCpuCores.value).toBeGreaterThan(0.3);
    expect(workloadOf(result, 'target-service.perf-test').arrivalsPerSecond.value).toBeGreaterThan(2950);
  });

  test('they POST a payload; a larger one costs the sidecars more', async () => {
    const { text } = seed(FILE);
    const small = mesh(text);
    expect(small.plan.sites[0]).toMatchObject({ requestBytes: 1024 });
    expect(small.plan.traffic[0]?.requests[0]?.name).toContain('post');
    const large = mesh(text.replace('"1024"', '"102400"'));
    const cores = async (loaded: typeof small): Promise<number> => {
      const result = await simulate(loaded, { workers: 0, replications: 1, duration: '5s' });
      return workloadOf(result, 'target-service.perf-test').proxyCpuCores.value!;
    };
    // 100 KiB in place of one, at 1.5 us a KiB, for each of 3000 requests a second.
    expect((await cores(large)) - (await cores(small))).toBeCloseTo(0.4455, 1);
  });

  test('what they are told is what they send', () => {
    const { text } = seed(FILE);
    const changed = text
      .replace('- "50"', '- "5"')
      .replace('- "1000"', '- "100"')
      .replace('replicas: 3', 'replicas: 1')
      .replace('300s', '2m');
    const loaded = mesh(changed);
    expect(loaded.plan.traffic).toMatchObject([{ arrival: { kind: 'closed', connections: 5 } }]);
    expect(loaded.scenario.run.durationNs).toBe(120e9);
  });
});
