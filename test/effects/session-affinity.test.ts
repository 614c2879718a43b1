// sessionAffinity of a Service: kube-proxy keeps each client to one pod, proxies of the mesh do not.
import { describe, expect, test } from 'vitest';
import { loadMesh, simulate } from '../../scenarios/library.js';
import { deployment, namespace, onlyCluster, planOf, service, siteOf, withCluster } from '../models/plan/support.js';

const SHOP = (affinity: string): string =>
  service('shop', 'b', ['{ name: http, port: 80 }'], `sessionAffinity: ${affinity}`);
const mesh = (affinity: string): string =>
  withCluster(
    namespace('plain', 'team: red'),
    deployment('old', 'plain', { app: 'old' }, 1),
    deployment('shop', 'b', { app: 'shop' }, 8),
    SHOP(affinity),
  );

test('the plan has a hash of the client at kube-proxy alone', () => {
  const of = (from: string, affinity: string) => planOf({ yaml: mesh(affinity), from, to: 'http://shop.b/' });
  const hash = (from: string, affinity: string) => {
    const { action } = siteOf(of(from, affinity)).route;
    return action.kind === 'forward' ? action.destinations[0]!.hash : null;
  };
  expect(hash('old.plain', 'ClientIP')).toEqual([{ kind: 'source-ip' }]);
  expect(hash('old.plain', 'None')).toEqual([]);
  expect(hash('client.a', 'ClientIP')).toEqual([]);
  expect(onlyCluster(of('client.a', 'ClientIP')).balancer.policy).toBe('least_request');
});

describe('half of what eight pods can do, from one client', () => {
  async function servedPerSecond(from: string, affinity: string): Promise<number> {
    const scenario = {
      run: { duration: '20s', warmup: '5s', replications: 1, seed: 'affinity' },
      traffic: [{ name: 'load', to: 'http://shop.b', from, rate: '80/s' }],
      services: { 'shop.b': { wait: '50ms', workers: 1, queue: 0 } },
    };
    const result = await simulate(loadMesh([{ name: 'mesh.yaml', text: mesh(affinity) }], { scenario }), {
      workers: 0,
    });
    return result.totals.servedPerSecond.value! * (1 - result.totals.errorShare.value!);
  }

  test('is too much for the one pod that kube-proxy keeps it to: 20 a second are served', async () => {
    expect(await servedPerSecond('old.plain', 'ClientIP')).toBeLessThan(20.5);
    expect(await servedPerSecond('old.plain', 'None')).toBeGreaterThan(35);
  });

  test('is spread over all of them by a sidecar, whatever the Service says', async () => {
    expect(await servedPerSecond('client.a', 'ClientIP')).toBeGreaterThan(60);
  });
});
