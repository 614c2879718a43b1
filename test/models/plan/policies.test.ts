// Retry tokens, faults, protocols, injection, network: pure rules against Istio's known answers.
import { describe, expect, test } from 'vitest';
import type { PodTemplate } from '../../../models/config/kinds/pod-template.js';
import type { HttpRetry } from '../../../models/config/kinds/virtual-service.js';
import { concurrencyOf } from '../../../models/plan/proxies/concurrency.js';
import { proxyPlan } from '../../../models/plan/registry/injection.js';
import { networkPlan } from '../../../models/plan/registry/network.js';
import { faultPlan, probability } from '../../../models/plan/routes/fault.js';
import { retryPlan } from '../../../models/plan/routes/retry.js';
import type { NetworkInput } from '../../../models/plan/settings/input.js';
import { DEFAULT_MESH } from '../../../models/plan/settings/mesh-settings.js';
import { defaultProxyCost } from '../../../models/plan/settings/proxy-cost.js';
import { KNOWN_ISTIO_VERSIONS, releaseDefaults } from '../../../models/plan/settings/versions.js';
import { Findings } from '../../../models/plan/terms/findings.js';
import { Localities, parseLocality } from '../../../models/plan/terms/locality.js';
import { nearestNames, suggestion } from '../../../models/plan/terms/nearest.js';
import { Numbering } from '../../../models/plan/terms/numbering.js';
import { entryPortProtocol, servicePortProtocol } from '../../../models/plan/terms/protocol.js';
import { AT, MS } from './support.js';

describe('retries', () => {
  const context = { release: releaseDefaults('1.31')!, grpc: false, stickyDestination: false, timeoutNs: 0 };
  const retry = (more: Partial<HttpRetry>): HttpRetry => ({
    attempts: 2,
    perTryTimeoutNs: null,
    retryOn: null,
    retryRemoteLocalities: null,
    retryIgnorePreviousHosts: null,
    backoffNs: null,
    ...more,
  });

  test('5xx is every code of the five hundreds and every reset', () => {
    const plan = retryPlan(retry({ retryOn: ['5xx'] }), context)!;
    expect(plan.statuses).toHaveLength(100);
    expect(plan).toMatchObject({
      onReset: true,
      onConnectFailure: true,
      onRefusedStream: true,
      onResetBeforeRequest: true,
    });
  });

  test('other localities after every two tries', () => {
    expect(retryPlan(retry({ retryRemoteLocalities: true }), context)!.previousPriorities).toBe(2);
    for (const none of [retry({ retryRemoteLocalities: false }), retry({}), null]) {
      expect(retryPlan(none, context)).not.toHaveProperty('previousPriorities');
    }
  });

  test('409, listed codes, and words without a meaning for HTTP', () => {
    const plan = retryPlan(
      retry({ retryOn: ['retriable-4xx', '429', '599', 'unavailable', 'retriable-headers'] }),
      context,
    )!;
    expect(plan.statuses).toEqual([409, 429]);
    expect(plan).toMatchObject({ onReset: false, onConnectFailure: false });
  });

  test('a gRPC call is retried on its own status only', () => {
    const grpc = { ...context, grpc: true };
    expect(retryPlan(null, grpc)!.statuses).toEqual([499, 503]);
    expect(retryPlan(retry({ retryOn: ['5xx', '503', 'gateway-error'] }), grpc)!).toMatchObject({
      statuses: [],
      onReset: true,
    });
    const all = ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'];
    expect(retryPlan(retry({ retryOn: all }), grpc)!.statuses).toEqual([429, 499, 500, 503, 504]);
  });

  test('a per-try time-out not shorter than the time-out is ignored', () => {
    const perTry = (timeoutNs: number): number =>
      retryPlan(retry({ perTryTimeoutNs: 2 * MS }), { ...context, timeoutNs })!.perTryTimeoutNs;
    expect([perTry(0), perTry(3 * MS), perTry(2 * MS)]).toEqual([2 * MS, 2 * MS, 0]);
  });

  test('back-off: the base as given, ten times it at most; read since 1.26', () => {
    const given = retry({ backoffNs: 10 * MS, retryIgnorePreviousHosts: false });
    expect(retryPlan(given, context)).toMatchObject({
      backoffBaseNs: 10 * MS,
      backoffMaxNs: 100 * MS,
      avoidPreviousHosts: false,
    });
    const old = { ...context, release: releaseDefaults('1.25')! };
    expect(retryPlan(given, old)).toMatchObject({ backoffBaseNs: 25 * MS, avoidPreviousHosts: true });
  });

  test('previous hosts are not avoided where a consistent hash chooses', () => {
    expect(retryPlan(null, { ...context, stickyDestination: true })!.avoidPreviousHosts).toBe(false);
  });
});

describe('faults', () => {
  test('percentages are cut to millionths', () => {
    expect(probability(12.34567)).toBe(0.123456);
    expect(probability(0.1)).toBe(0.001);
    expect(probability(100)).toBe(1);
  });

  test('a gRPC status is the HTTP code that it stands for', () => {
    const abort = (grpcStatus: string) =>
      faultPlan({ delay: null, abort: { httpStatus: null, grpcStatus, percent: 50 } })?.abortStatus;
    expect([abort('UNAVAILABLE'), abort('14'), abort('DEADLINE_EXCEEDED'), abort('OK')]).toEqual([503, 503, 504, 200]);
  });
});

describe('protocols of ports', () => {
  test.each([
    ['http', null, 80, 'http'],
    ['http-web', null, 80, 'http'],
    ['HTTP2-x', null, 80, 'http2'],
    ['grpc', null, 9000, 'grpc'],
    ['grpc-web', null, 9000, 'grpc'],
    ['grpcweb-x', null, 80, 'auto'],
    ['https', null, 443, 'tls'],
    ['', null, 3306, 'tcp'],
    ['', null, 8080, 'auto'],
    ['redis', null, 6379, 'tcp'],
    ['http', 'kubernetes.io/h2c', 80, 'http2'],
    ['tcp', 'http', 80, 'http'],
    ['http', 'unheard-of', 80, 'auto'],
  ] as const)('name "%s", appProtocol %s, port %i: %s', (name, appProtocol, port, expected) => {
    expect(servicePortProtocol(name, appProtocol, port, 'TCP')).toBe(expected);
  });

  test('UDP is not proxied; a ServiceEntry names its protocol', () => {
    expect(servicePortProtocol('http', null, 80, 'UDP')).toBe('udp');
    expect(entryPortProtocol('HTTPS', 443)).toBe('tls');
    expect(entryPortProtocol('', 443)).toBe('auto');
  });
});

describe('proxies', () => {
  const pod = (annotations: Record<string, string>): PodTemplate => ({
    labels: {},
    annotations,
    serviceAccountName: 'default',
    nodeSelector: {},
    containers: [],
    initContainers: [],
    hostNetwork: false,
    affinity: null,
    terminationGracePeriodSeconds: null,
    tolerations: [],
    topologySpreadConstraints: [],
  });
  const threads = (annotations: Record<string, string>) => {
    const own = pod(annotations);
    const concurrency = concurrencyOf({ namespace: 'a', labels: {}, pod: own }, { proxyConfigs: [] }, DEFAULT_MESH);
    const { workers, cpuLimitMillis } = proxyPlan(own, defaultProxyCost('1.31'), 8, { ...DEFAULT_MESH, concurrency });
    return [workers, cpuLimitMillis];
  };

  test('two threads by default; the CPU limit, or the configuration, says otherwise', () => {
    expect(threads({})).toEqual([2, 2000]);
    expect(threads({ 'sidecar.istio.io/proxyCPULimit': '2500m' })).toEqual([3, 2500]);
    expect(threads({ 'sidecar.istio.io/proxyCPU': '500m' })).toEqual([8, null]);
    expect(threads({ 'proxy.istio.io/config': 'concurrency: 4\ndrainDuration: 5s' })).toEqual([4, 2000]);
    expect(threads({ 'proxy.istio.io/config': '{ "concurrency": 0 }' })).toEqual([8, 2000]);
  });

  test('costs add up to the published CPU of 1000 requests a second', () => {
    const total = (version: string): number => {
      const cost = defaultProxyCost(version);
      return cost.requestCpuNs + cost.responseCpuNs + cost.afterResponseCpuNs;
    };
    expect(total('1.31')).toBe(0.2 * MS);
    expect(total('1.20')).toBe(0.5 * MS);
    expect(total('9.9')).toBe(0.2 * MS);
  });

  test('on the way of a request two proxies cost what was published as added, without a queue', () => {
    const { requestCpuNs, responseCpuNs, latencyNs } = defaultProxyCost('1.20');
    expect(2 * (requestCpuNs + responseCpuNs + 2 * latencyNs)).toBe(0.228 * MS);
  });
});

describe('releases', () => {
  test('what is known', () => {
    expect(KNOWN_ISTIO_VERSIONS).toHaveLength(12);
    expect(releaseDefaults('v1.24.2')).toMatchObject({ version: '1.24', minor: 24 });
    expect(releaseDefaults('1.32')).toBeNull();
    expect(releaseDefaults('1.3')).toBeNull();
    expect(releaseDefaults('latest')).toBeNull();
  });

  test('panic without outlier detection: 50 % until 1.30, none since', () => {
    expect([releaseDefaults('1.30')!.panicThresholdPercent, releaseDefaults('1.31')!.panicThresholdPercent]).toEqual([
      50, 0,
    ]);
  });
});

describe('localities and the network between them', () => {
  const zones = [
    { region: 'r1', zone: 'r1-a' },
    { region: 'r1', zone: 'r1-b' },
    { region: 'r2', zone: 'r2-a' },
  ];
  const network: NetworkInput = {
    sameZoneRttNs: 200,
    crossZoneRttNs: 1000,
    crossRegionRttNs: 60000,
    externalRttNs: 20000,
    jitter: 0.1,
    loss: 0,
    between: [],
  };
  const between = (a: string, b: string, rttNs: number) => ({ at: AT, a, b, rttNs, jitter: 0, loss: 0.01 });

  test('pods go round the zones, labels pin them', () => {
    const localities = new Localities(zones, new Numbering());
    expect(localities.ofPods(localities.placement, 4)).toEqual([0, 1, 2, 0]);
    const pinned = localities.pinned({}, { 'topology.kubernetes.io/zone': 'r1-b' });
    expect(localities.ofPods([pinned!], 2)).toEqual([1, 1]);
    expect(localities.pinned({ 'istio-locality': 'eu.eu-1' }, {})).toEqual({ region: 'eu', zone: 'eu-1' });
    expect(localities.pinned({}, { 'topology.kubernetes.io/zone': 'us-east-1c' })).toEqual({
      region: 'us-east-1',
      zone: 'us-east-1c',
    });
    expect(parseLocality('eu')).toEqual({ region: 'eu', zone: 'eu' });
  });

  test('one way is half of the round trip of zone, region or the way outside', () => {
    const external = { region: 'external', zone: 'external' };
    const { oneWayNs } = networkPlan([...zones, external], network, new Findings());
    expect(oneWayNs[0]).toEqual([100, 500, 30000, 10000]);
    expect(oneWayNs[3]![3]).toBe(100);
  });

  test('the entry that names a pair most exactly wins, in both directions', () => {
    const entries = [between('r1', 'r2', 80000), between('r1-b', 'r2', 90000), between('r2-a', 'r1-b', 95000)];
    const { oneWayNs, loss } = networkPlan(zones, { ...network, between: entries }, new Findings());
    expect([oneWayNs[0]![2], oneWayNs[2]![0], oneWayNs[1]![2], oneWayNs[2]![1]]).toEqual([40000, 40000, 47500, 47500]);
    expect(loss[1]![2]).toBe(0.01);
  });

  test('an entry inside a region does not reach inside its zones', () => {
    const { oneWayNs } = networkPlan(zones, { ...network, between: [between('r1', 'r1', 3000)] }, new Findings());
    expect([oneWayNs[0]![0], oneWayNs[0]![1]]).toEqual([100, 1500]);
  });

  test('an unknown place is a warning', () => {
    const findings = new Findings();
    networkPlan(zones, { ...network, between: [between('r1-a', 'r3-a', 1)] }, findings);
    expect(findings.diagnostics).toMatchObject([{ code: 'locality-not-found', severity: 'warning', position: AT }]);
  });
});

describe('nearest names', () => {
  test('by the whole name or by its first label', () => {
    expect(nearestNames('reviws', ['ratings.default', 'reviews.default', 'details.default'])[0]).toBe(
      'reviews.default',
    );
    expect(suggestion('zzzzzz', ['a.b'])).toBe('known names: a.b');
    expect(suggestion('x', [])).toBe('no names are known');
  });
});
