// From the words of a scenario to the plan's input: known answers, and the places of what is wrong.
import { describe, expect, it } from 'vitest';
import { sayPlanAssumptions, toPlanInput } from '../../../scenarios/reading/to-plan-input.js';
import { ambientCluster } from '../../models/ambient.js';
import { planOf, withCluster } from '../../models/plan/support.js';
import { NO_RESOURCES, placed, readSpec } from '../fixtures.js';

function read(text: string) {
  const { spec, reader } = readSpec(text);
  const { input, stagesNs } = toPlanInput(reader, spec, NO_RESOURCES);
  return { input, stagesNs, diagnostics: reader.findings.diagnostics, fidelity: reader.findings.fidelity };
}

const TRAFFIC = '  traffic: [{ name: t, to: http://web.shop:8080/report, rate: 90/m }]\n';

describe('toPlanInput', () => {
  it('fills in what a scenario leaves out, and says so', () => {
    const { input, diagnostics, fidelity, stagesNs } = read(TRAFFIC);
    expect(diagnostics).toEqual([]);
    expect(stagesNs).toBe(0);
    expect(input.traffic[0]).toMatchObject({
      name: 't',
      to: 'http://web.shop:8080/report',
      from: null,
      arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 1.5 }] },
      requests: [{ name: 't', weight: 1, method: 'GET', path: '/report', headers: {}, timeoutNs: 0 }],
    });
    expect(input.behaviour.defaults.steps).toEqual([
      { kind: 'work', duration: { kind: 'lognormal', mean: 5e6, cv: 1 }, cpuShare: 1, retryWork: 'fresh' },
    ]);
    expect(input.istioVersion).toBe('1.31');
    expect(input.placement).toHaveLength(1);
    expect(input.nodeCores).toBe(4);
    expect(input.network).toMatchObject({ sameZoneRttNs: 250_000, crossZoneRttNs: 900_000, jitter: 0, loss: 0 });
    expect(fidelity.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'spec.network approximated',
      'spec.network approximated',
    ]);
  });

  it('reads what ambient mode costs, with published figures for the rest', () => {
    const { input, diagnostics } = read(
      `${TRAFFIC}  nodesPerZone: 3\n  ztunnel: { requestCpu: 50us, workers: 4 }\n  waypoint: { latency: 1ms }\n`,
    );
    expect(diagnostics).toEqual([]);
    expect(input.nodesPerZone).toBe(3);
    expect(input.ztunnel).toMatchObject({ requestCpuNs: 50_000, responseCpuNs: 30_000, latencyNs: 12_500, workers: 4 });
    expect(input.waypoint).toMatchObject({ requestCpuNs: 32_000, afterResponseCpuNs: 186_000, latencyNs: 1_000_000 });
    expect(read(TRAFFIC).input.nodesPerZone).toBeUndefined();
  });

  it('says what it assumes of proxies, nodes and ztunnels where the mesh has them, and what has no effect', () => {
    const say = (text: string, yaml: string) => {
      const { spec, reader } = readSpec(`${TRAFFIC}${text}`);
      sayPlanAssumptions(reader, spec, planOf({ yaml }));
      const { diagnostics, fidelity } = reader.findings;
      return [...placed(diagnostics), ...fidelity.map(({ path }) => path)];
    };
    const work = ['spec.nodeCores'];
    const istio = ['spec.istioVersion', 'spec.sidecar'];
    expect(say('', ambientCluster())).toEqual([...istio, 'spec.nodesPerZone', 'spec.ztunnel', ...work]);
    const given = '  istioVersion: "1.31"\n  sidecar: { requestCpu: 50us }\n';
    expect(say(`${given}  nodesPerZone: 3\n  ztunnel: { requestCpu: 50us }\n`, ambientCluster())).toEqual(work);
    expect(say('', withCluster())).toEqual([...istio, ...work]);
    expect(say(given, withCluster())).toEqual(work);
    expect(say(`${given}  nodesPerZone: 3\n`, withCluster())).toEqual(['nothing-ambient 9:17', ...work]);
    expect(say(`${given}  linkerd: { latency: 1ms }\n`, withCluster())).toEqual(['nothing-linkerd 9:12', ...work]);
  });

  it("reads what Linkerd's proxies cost, and whose proxies are taken for granted", () => {
    const { input, diagnostics } = read(
      `${TRAFFIC}  linkerd: { requestCpu: 80us, latency: 1ms }\n  injection: linkerd\n`,
    );
    expect(diagnostics).toEqual([]);
    expect(input.linkerd).toMatchObject({ requestCpuNs: 80_000, responseCpuNs: 50_000, latencyNs: 1_000_000 });
    expect(input.injection).toBe('linkerd');
  });

  it('asks for traffic', () => {
    const { diagnostics } = read('  mesh: ./\n');
    expect(placed(diagnostics)).toEqual(['no-traffic 6:3']);
    expect(diagnostics[0].hint).toContain('traffic: [{name:');
  });

  it("reads k6's stages as a piecewise linear rate", () => {
    const { input, stagesNs, diagnostics } = read(`  traffic:
    - { to: web, startRate: 10/s, stages: [{ duration: 2m, target: 50/s }, { duration: 0s, target: 20/s }, { duration: 1m, target: 60/m }] }
`);
    expect(diagnostics).toEqual([]);
    expect(stagesNs).toBe(180e9);
    expect(input.traffic[0].arrival).toEqual({
      kind: 'open',
      process: 'poisson',
      profile: [
        { atNs: 0, ratePerSecond: 10 },
        { atNs: 120e9, ratePerSecond: 50 },
        { atNs: 120e9, ratePerSecond: 20 },
        { atNs: 180e9, ratePerSecond: 1 },
      ],
    });
  });

  it("reads fortio's connections", () => {
    const { input } = read(
      '  traffic: [{ to: web, connections: 8, qps: 100, uniform: true }, { name: b, to: web, connections: 2 }]\n',
    );
    expect(input.traffic.map(({ arrival }) => arrival)).toEqual([
      { kind: 'closed', connections: 8, ratePerSecond: 100, uniform: true, think: null, calls: null, startNs: null },
      { kind: 'closed', connections: 2, ratePerSecond: null, uniform: false, think: null, calls: null, startNs: null },
    ]);
  });

  it('reads behaviours with steps, branches and calls', () => {
    const { input, diagnostics } = read(`${TRAFFIC}  defaults: { cpuShare: 60% }
  services:
    web:
      workers: 64
      queue: unlimited
      overflow: reset
      errors: { 500: 0.5% }
      cpu: 1ms
      wait: exponential(mean=2ms)
      operations:
        - match: { path: /p/* }
          steps:
            - work: 2ms
            - parallel: [{ call: http://cat/items?x=1 }, { steps: [{ wait: 1ms }, { cpu: 1us }] }]
            - { call: cart, probability: 30%, repeat: 2, method: POST, path: /c, timeout: 1s, retries: 1, onError: fail(502), forwardHeaders: a }
            - { call: ads, onError: ignore }
`);
    expect(diagnostics).toEqual([]);
    const [{ name, spec }] = input.behaviour.services;
    expect(name).toBe('web');
    expect(spec).toMatchObject({
      workers: 64,
      queue: null,
      overflow: { kind: 'reset' },
      errors: [{ status: 500, probability: 0.005 }],
    });
    expect(spec.steps?.map((step) => step.kind === 'work' && step.cpuShare)).toEqual([1, 0]);
    const [operation] = spec.operations ?? [];
    expect(operation.name).toBe('/p/*');
    expect(operation.steps.map(({ kind }) => kind)).toEqual(['work', 'parallel', 'maybe', 'maybe', 'call']);
    expect(operation.steps[0]).toMatchObject({ cpuShare: 0.6, duration: { kind: 'constant', value: 2e6 } });
    const parallel = operation.steps[1];
    if (parallel.kind !== 'parallel') throw new Error('not parallel');
    expect(parallel.branches.map((branch) => branch.map(({ kind }) => kind))).toEqual([['call'], ['work', 'work']]);
    expect(parallel.branches[0][0]).toMatchObject({
      to: 'http://cat/items?x=1',
      path: '/items?x=1',
      onError: 'fail',
      failStatus: 500,
    });
    expect(operation.steps[2]).toMatchObject({
      probability: 0.3,
      steps: [
        {
          method: 'POST',
          path: '/c',
          timeoutNs: 1e9,
          retries: 1,
          onError: 'fail',
          failStatus: 502,
          forwardHeaders: ['a'],
        },
      ],
    });
    expect(operation.steps[4]).toMatchObject({ onError: 'ignore' });
  });

  it('says that work counts as CPU time where nobody said how much of it does', () => {
    const guess = (text: string) => read(text).fidelity.filter(({ path }) => path === 'spec.defaults.cpuShare').length;
    expect(guess(`${TRAFFIC}  services: { a: { work: 1ms }, b: { work: 2ms } }\n`)).toBe(1);
    expect(guess(`${TRAFFIC}  services: { a: { work: 1ms, cpuShare: 50% } }\n`)).toBe(0);
    expect(guess(`${TRAFFIC}  services: { a: { cpu: 1ms, wait: 2ms } }\n`)).toBe(0);
  });

  it('reads the sizes of bodies, of requests by themselves or for all of a source', () => {
    const { input, diagnostics } = read(`  traffic:
    - { to: web, rate: 1, requestBytes: 2KiB, requests: [{ name: a }, { name: b, requestBytes: 1MB }] }
    - { name: plain, to: web, rate: 1 }
  defaults: { responseBytes: 16KiB }
  services:
    web: { steps: [{ call: x, requestBytes: 512 }], operations: [{ match: { path: /a }, cpu: 1ms, responseBytes: 5 }] }
`);
    expect(diagnostics).toEqual([]);
    expect(input.traffic.flatMap(({ requests }) => requests.map(({ requestBytes }) => requestBytes))).toEqual([
      2048,
      1e6,
      undefined,
    ]);
    expect(input.behaviour.defaults.responseBytes).toBe(16_384);
    const [{ spec }] = input.behaviour.services;
    expect(spec.steps).toMatchObject([{ kind: 'call', requestBytes: 512 }]);
    expect(spec.operations).toMatchObject([{ responseBytes: 5 }]);
    expect(spec).not.toHaveProperty('responseBytes');
  });

  it('reads the cost of bodies, of access logs and of traces by their mean', () => {
    const proxyOf = (text: string) => read(`${TRAFFIC}  sidecar: { ${text} }\n`).input.proxy;
    const base = read(TRAFFIC).input.proxy;
    expect(base.cpuPerKiBNs).toBe(1500);
    expect(proxyOf('cpuPerKiB: 0s').cpuPerKiBNs).toBe(0);
    const afterOf = (text: string) => proxyOf(text).afterResponseCpuNs - base.afterResponseCpuNs;
    expect(afterOf('accessLogCpu: 40us')).toBe(40_000);
    expect(afterOf('tracingCpu: 50us')).toBe(500);
    expect(afterOf('tracingCpu: 50us, tracingSampling: 100%, accessLogCpu: 40us')).toBe(90_000);
    expect(proxyOf('afterResponseCpu: 10us, accessLogCpu: 40us').afterResponseCpuNs).toBe(50_000);
  });

  it('reads a bandwidth for all pairs or for one, and says what it is', () => {
    const { input, fidelity } = read(
      `${TRAFFIC}  network: { bandwidth: 10Gbit/s, between: [{ a: z1, b: z2, rtt: 1ms }, { a: z1, b: z3, rtt: 1ms, bandwidth: 80Mbps }] }\n`,
    );
    expect(input.network.bytesPerSecond).toBe(1.25e9);
    expect(input.network.between.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([1.25e9, 1e7]);
    expect(fidelity.some(({ meaning }) => meaning.includes('do not contend'))).toBe(true);
  });

  it('takes published round trips between regions that it knows, unless the user has better ones', () => {
    const zones = '  zones: [us-east-1/us-east-1a, us-west-2/us-west-2a, home/lab]\n';
    expect(read(TRAFFIC + zones).input.network.between.map(({ a, b, rttNs }) => [a, b, rttNs])).toEqual([
      ['us-east-1', 'us-west-2', 64e6],
    ]);
    const own = '  network: { between: [{ a: us-west-2, b: us-east-1, rtt: 62ms, loss: 1% }] }\n';
    const { between } = read(TRAFFIC + zones + own).input.network;
    expect(between.map(({ rttNs, loss, jitter }) => [rttNs, loss, jitter])).toEqual([[62e6, 0.01, 0]]);
    expect(read(`${TRAFFIC}${zones}  network: { crossRegion: 1ms }\n`).input.network.between).toEqual([]);
  });

  it.each([
    ['  traffic: [{ to: web, rate: -3/s }]', 'wrong-value 6:30'],
    ['  traffic: [{ to: web, rate: 0 }]', 'wrong-value 6:30'],
    ['  traffic: [{ to: web }]', 'wrong-value 6:13'],
    ['  traffic: [{ to: web, rate: 1, connections: 1 }]', 'wrong-value 6:13'],
    ['  traffic: [{ to: web, rate: 1, qps: 3 }]', 'wrong-value 6:38'],
    ['  traffic: [{ to: web, connections: 1, think: 1s, qps: 3 }]', 'wrong-value 6:47'],
    ['  traffic: [{ to: web, rate: 1, requests: [{ weight: 0 }] }]', 'wrong-value 6:43'],
    ['  traffic: [{ to: web, rate: 1, requests: [{ path: x }] }]', 'wrong-value 6:52'],
    ['  traffic: [{ to: web, rate: 1 }, { to: web, rate: 1 }]', 'wrong-value 6:35'],
    ['  traffic: [{ to: web, rate: 1, timeout: 10 }]', 'wrong-value 6:42'],
    ['  traffic: [{ to: "a b", rate: 1 }]', 'wrong-value 6:19'],
    [`${TRAFFIC}  defaults: { work: lognormall(4ms) }`, 'wrong-value 7:21'],
    [`${TRAFFIC}  defaults: { work: -4ms }`, 'wrong-value 7:21'],
    [`${TRAFFIC}  defaults: { work: 4ms, steps: [{ cpu: 1ms }] }`, 'wrong-value 7:33'],
    [`${TRAFFIC}  defaults: { steps: [{ cpu: 1ms, call: x }] }`, 'wrong-value 7:23'],
    [`${TRAFFIC}  defaults: { steps: [{ probability: 3% }] }`, 'wrong-value 7:23'],
    [`${TRAFFIC}  defaults: { steps: [{ cpu: 1ms, timeout: 1s }] }`, 'wrong-value 7:44'],
    [`${TRAFFIC}  defaults: { steps: [{ call: x, onError: fail(200) }] }`, 'wrong-value 7:43'],
    [`${TRAFFIC}  defaults: { steps: [{ call: x, probability: 30 }] }`, 'wrong-value 7:47'],
    [`${TRAFFIC}  defaults: { errors: { 200: 1% } }`, 'wrong-value 7:30'],
    [`${TRAFFIC}  defaults: { errors: { 500: 60%, 503: 60% } }`, 'wrong-value 7:23'],
    [`${TRAFFIC}  zones: [a]`, 'wrong-value 7:11'],
    ['  traffic: [{ to: web, rate: 1, requestBytes: 4 sacks }]', 'wrong-value 6:47'],
    [`${TRAFFIC}  defaults: { responseBytes: -1 }`, 'wrong-value 7:30'],
    [`${TRAFFIC}  defaults: { steps: [{ cpu: 1ms, requestBytes: 1KiB }] }`, 'wrong-value 7:49'],
    [`${TRAFFIC}  network: { bandwidth: 10G }`, 'wrong-value 7:25'],
    [`${TRAFFIC}  sidecar: { tracingSampling: 5% }`, 'wrong-value 7:31'],
    [`${TRAFFIC}  istioVersion: 1.30`, 'wrong-value 7:17'],
  ])('refuses %s', (text, expected) => {
    expect(placed(read(text).diagnostics)).toEqual([expected]);
  });

  it('bounds nested repetition', () => {
    const nested =
      'steps: [{ repeat: 100, steps: [{ repeat: 100, steps: [{ repeat: 100, steps: [{ cpu: 1ms }] }] }] }]';
    const found = read(`${TRAFFIC}  defaults: { ${nested} }`).diagnostics;
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('makes more than 10000 steps')]);
  });
});
