// What the seed files about sidecars do in a run: 01, 02, 18.
import { expect, test } from 'vitest';
import { app, describeSeed, namespace, pods, proxyCores, run, seed } from './seed.js';

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
