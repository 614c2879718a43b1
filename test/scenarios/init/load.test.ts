// How much a load generator sends, by its flags and variables.
import { describe, expect, it } from 'vitest';
import { app, args, env, inferred, lonely, mesh } from './mesh.js';

const SHOP = app('shop');

/** The load of the first source that is a workload. */
function loadOf(pod: string, name = 'sender'): unknown {
  const { traffic } = inferred(mesh(lonely(name, pod), SHOP)).draft;
  const source = traffic.find(({ from }) => from === `${name}.default`);
  return source === undefined ? null : { ...source.load, known: source.loadIsKnown };
}

const closed = (connections: number, ratePerSecond: number | null, think: string | null = null) => ({
  kind: 'connections',
  connections,
  ratePerSecond,
  think,
  known: true,
});

describe('flags', () => {
  it.each([
    ['fortio', ['load', '-c', '8', '-qps', '100', '-t', '0', 'http://shop/'], closed(8, 100)],
    ['fortio', ['load', '-c=8', '-qps=0', 'http://shop/'], closed(8, null)],
    ['fortio', ['load', 'http://shop/'], closed(4, 8)],
    ['hey', ['-z', '1h', '-c', '5', '-q', '10', 'http://shop/'], closed(5, 50)],
    ['wrk', ['-t2', '-c100', '-d30s', 'http://shop/'], closed(100, null)],
    ['wrk2', ['-t2', '-c10', '-R200', 'http://shop/'], closed(10, 200)],
    ['grafana/k6', ['run', '--vus', '20', '--rps', '40', '-e', 'URL=http://shop/'], closed(20, 40)],
    ['grafana/k6', ['run', '--vus=20', '-e', 'URL=http://shop/'], closed(20, null, '1s')],
    ['locustio/locust', ['-u', '30', '--host', 'http://shop'], closed(30, null, 'uniform(1s, 10s)')],
    ['ghz', ['--rps', '7', '-c', '3', 'shop:80'], closed(3, 7)],
    ['oha', ['-q', '9', '-c', '2', 'http://shop/'], closed(2, 9)],
    ['slow_cooker', ['-qps', '5', '-concurrency', '4', 'http://shop/'], closed(4, 20)],
    ['vegeta', ['attack', '-rate=30/1s', '-url', 'http://shop/'], { kind: 'rate', ratePerSecond: 30, known: true }],
  ])('%s %j', (image, words, load) => {
    expect(loadOf(args(image, ...words))).toEqual(load);
  });

  it('a payload makes them POST', () => {
    const words = ['load', '-qps', '10', '-payload-size', '2048', 'http://shop/in'];
    const { traffic } = inferred(mesh(lonely('sender', args('fortio', ...words)), SHOP)).draft;
    expect(traffic).toMatchObject([{ requestBytes: 2048, requests: [{ method: 'POST', path: '/in' }] }]);
  });

  it.each([
    [['fortio', ['load', '-t', '5m', 'http://shop/']], 300],
    [['ab', ['-t', '120', 'http://shop/']], 120],
    // The default, for ever, a bound.
    [['hey', ['-z', '10s', 'http://shop/']], null],
    [['fortio', ['load', '-t', '0', 'http://shop/']], null],
    [['wrk', ['-d', '2h', 'http://shop/']], 600],
  ] as const)('a run is as long as %j sends', ([image, words], seconds) => {
    expect(inferred(mesh(lonely('sender', args(image, ...words)), SHOP)).draft.runSeconds).toBe(seconds);
  });

  it('a run is not as long as one of several sends', () => {
    const [long, endless] = [
      ['load', '-t', '5m', 'http://shop/'],
      ['load', '-t', '0', 'http://shop/'],
    ].map((words) => args('fortio', ...words));
    expect(inferred(mesh(lonely('a', long!), lonely('b', endless!), SHOP)).draft.runSeconds).toBeNull();
  });

  it('in a script', () => {
    expect(loadOf(args('busybox', 'sh', '-c', 'while true; do hey -z 10s -c 3 -q 2 http://shop:80/; done'))).toEqual(
      closed(3, 6),
    );
  });
});

describe('variables', () => {
  const to = { SHOP_URL: 'http://shop' };
  it.each([
    [{ USERS: '10', RATE: '1' }, closed(10, null, 'uniform(1s, 10s)')],
    [{ CONNECTIONS: '50', RATE: '0' }, closed(50, null)],
    [{ CONNECTIONS: '50', RATE: '200' }, closed(50, 200)],
    [{ REQUEST_RATE: '5' }, { kind: 'rate', ratePerSecond: 5, known: true }],
    [{ requestsPerSecond: '2.5' }, { kind: 'rate', ratePerSecond: 2.5, known: true }],
    [{ K6_VUS: '7' }, closed(7, null, 'uniform(1s, 10s)')],
    [{ RATE: 'fast' }, { kind: 'rate', ratePerSecond: 10, known: false }],
    [{}, { kind: 'rate', ratePerSecond: 10, known: false }],
  ])('%j', (variables, load) => {
    expect(loadOf(env({ ...to, ...variables }))).toEqual(load);
  });
});

describe('sources', () => {
  it('a generator behind a Service of its own still sends', () => {
    const { draft } = inferred(mesh(app('loadgenerator', env({ SHOP_ADDR: 'shop:80', USERS: '3' })), SHOP));
    expect(draft.traffic).toMatchObject([
      { name: 'loadgenerator', from: 'loadgenerator.default', to: 'http://shop:80' },
    ]);
  });

  it('pods multiply, targets share', () => {
    const text = mesh(
      lonely('bot', env({ A_URL: 'http://shop', B_URL: 'http://cart', REQUEST_RATE: '10' })).replace(
        'spec:',
        'spec:\n  replicas: 3',
      ),
      SHOP,
      app('cart'),
    );
    const { traffic } = inferred(text).draft;
    expect(traffic.map(({ name, load }) => [name, load])).toEqual([
      ['bot-to-shop', { kind: 'rate', ratePerSecond: 15 }],
      ['bot-to-cart', { kind: 'rate', ratePerSecond: 15 }],
    ]);
    expect(traffic[0]?.loadNote.text).toBe('env REQUEST_RATE = 10, 3 pods, shared by 2 targets');
  });

  it('a Job sends from outside, if it is a load generator', () => {
    const job = (image: string, ...words: readonly string[]) => `
apiVersion: batch/v1
kind: Job
metadata: {name: peak}
spec: {template: {spec: {${args(image, ...words)}}}}
`;
    const { traffic } = inferred(mesh(job('fortio/fortio', 'load', '-qps', '20', 'http://shop/a'), SHOP)).draft;
    expect(traffic).toMatchObject([
      { name: 'peak', from: null, to: 'http://shop.default:80/a', load: { ratePerSecond: 20 } },
    ]);
    const migration = inferred(mesh(job('migrate', '--db=http://shop/a'), SHOP)).draft;
    expect(migration.traffic).toMatchObject([{ name: 'visitors' }]);
  });
});
