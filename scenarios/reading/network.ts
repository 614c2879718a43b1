// The network, the zones and the cost of a proxy: from the scenario to the plan's input, with published figures as defaults.
import type { FieldPath } from '../../models/config/resource.js';
import { defaultLinkerdCost } from '../../models/plan/linkerd/proxy-plan.js';
import type { NetworkInput, PlanInput, ProxyCostInput } from '../../models/plan/settings/input.js';
import { defaultProxyCost, defaultWaypointCost, defaultZtunnelCost } from '../../models/plan/settings/proxy-cost.js';
import type { ScenarioSpec } from '../document/schema.js';
import { listOf, type ScenarioReader } from './reader.js';
import { publishedRttMs } from './region-latency.js';

/** Medians of published surveys: another node of a zone, another zone of a region. */
const SAME_ZONE_RTT_NS = 250_000;
const CROSS_ZONE_RTT_NS = 900_000;
const UNKNOWN_REGIONS_RTT_NS = 60_000_000;

const DEFAULT_ZONE = { region: 'region', zone: 'zone' };

type Placement = readonly { readonly region: string; readonly zone: string }[];

export function readNetwork(reader: ScenarioReader, spec: ScenarioSpec, placement: Placement): NetworkInput {
  const path = ['spec', 'network'];
  const given = spec.network ?? {};
  const jitter = reader.share([...path, 'jitter'], given.jitter, 0);
  const loss = reader.share([...path, 'loss'], given.loss, 0);
  const bytesPerSecond = reader.bytesPerSecond([...path, 'bandwidth'], given.bandwidth, 0);
  const between = (given.between ?? []).map((pair, i) => {
    const at = [...path, 'between', i];
    return {
      at: reader.at(at),
      a: pair.a,
      b: pair.b,
      rttNs: reader.durationNs([...at, 'rtt'], pair.rtt, 0),
      jitter: reader.share([...at, 'jitter'], pair.jitter, jitter),
      loss: reader.share([...at, 'loss'], pair.loss, loss),
      bytesPerSecond: reader.bytesPerSecond([...at, 'bandwidth'], pair.bandwidth, bytesPerSecond),
    };
  });
  const regions = [...new Set(placement.map(({ region }) => region))];
  const published =
    given.crossRegion === undefined ? publishedPairs(reader, path, regions, { jitter, loss, bytesPerSecond }) : [];
  if (given.crossRegion === undefined && regions.length > 1) {
    reader.assumed(
      path,
      'round trips between regions are published medians of AWS (another pair: 60 ms); set crossRegion or between for measured ones',
    );
  }
  if (given.sameZone === undefined && given.crossZone === undefined) {
    reader.assumed(
      path,
      'round trips are published medians: 0.25 ms inside a zone, 0.9 ms between zones; set sameZone and crossZone',
    );
  }
  if (bytesPerSecond > 0 || between.some((pair) => pair.bytesPerSecond > 0)) {
    reader.assumed(
      path,
      'a body takes its size / bandwidth longer to arrive; messages do not contend: each has the bandwidth to itself',
    );
  }
  if (given.external === undefined) {
    reader.assumed(
      path,
      'clients outside the mesh are 0.9 ms away (same region); set external to where they really are',
    );
  }
  return {
    sameZoneRttNs: reader.durationNs([...path, 'sameZone'], given.sameZone, SAME_ZONE_RTT_NS),
    crossZoneRttNs: reader.durationNs([...path, 'crossZone'], given.crossZone, CROSS_ZONE_RTT_NS),
    crossRegionRttNs: reader.durationNs([...path, 'crossRegion'], given.crossRegion, UNKNOWN_REGIONS_RTT_NS),
    externalRttNs: reader.durationNs([...path, 'external'], given.external, CROSS_ZONE_RTT_NS),
    jitter,
    loss,
    bytesPerSecond,
    // The nearer word comes later: what the user says about a pair wins over what was published.
    between: [...published.filter((pair) => !between.some((own) => samePair(own, pair))), ...between],
  };
}

function publishedPairs(
  reader: ScenarioReader,
  path: FieldPath,
  regions: readonly string[],
  link: { readonly jitter: number; readonly loss: number; readonly bytesPerSecond: number },
): NetworkInput['between'] {
  return regions.flatMap((a, i) =>
    regions.slice(i + 1).flatMap((b) => {
      const rttMs = publishedRttMs(a, b);
      return rttMs === null ? [] : [{ at: reader.at(path), a, b, rttNs: rttMs * 1e6, ...link }];
    }),
  );
}

function samePair(x: { a: string; b: string }, y: { a: string; b: string }): boolean {
  return (x.a === y.a && x.b === y.b) || (x.a === y.b && x.b === y.a);
}

/** `region/zone` per entry; one zone where none is given. */
export function readPlacement(reader: ScenarioReader, zones: ScenarioSpec['zones']): Placement {
  const placement = listOf(zones).flatMap((word, i) => {
    const match = /^([^/\s]+)\/([^/\s]+)$/.exec(word.trim());
    if (match !== null) return [{ region: match[1], zone: match[2] }];
    const path = typeof zones === 'string' ? ['spec', 'zones'] : ['spec', 'zones', i];
    reader.wrong(path, `expected region/zone, found ${JSON.stringify(word)}`, 'for example us-east-1/us-east-1a');
    return [];
  });
  return placement.length === 0 ? [DEFAULT_ZONE] : placement;
}

export function readProxyCost(reader: ScenarioReader, spec: ScenarioSpec, istioVersion: string): ProxyCostInput {
  return proxyCost(reader, 'sidecar', spec.sidecar ?? {}, defaultProxyCost(istioVersion));
}

/** The proxies of ambient mode. */
export function readAmbientCosts(reader: ScenarioReader, spec: ScenarioSpec): Pick<PlanInput, 'ztunnel' | 'waypoint'> {
  const fallback = defaultZtunnelCost();
  return {
    ztunnel: {
      ...proxyCost(reader, 'ztunnel', spec.ztunnel ?? {}, fallback),
      workers: spec.ztunnel?.workers ?? fallback.workers,
    },
    waypoint: proxyCost(reader, 'waypoint', spec.waypoint ?? {}, defaultWaypointCost()),
  };
}

export function readLinkerdCost(reader: ScenarioReader, spec: ScenarioSpec): ProxyCostInput {
  return proxyCost(reader, 'linkerd', spec.linkerd ?? {}, defaultLinkerdCost());
}

function proxyCost(
  reader: ScenarioReader,
  name: 'sidecar' | 'ztunnel' | 'waypoint' | 'linkerd',
  given: NonNullable<ScenarioSpec['sidecar']>,
  fallback: ProxyCostInput,
): ProxyCostInput {
  const path = ['spec', name];
  return {
    requestCpuNs: reader.durationNs([...path, 'requestCpu'], given.requestCpu, fallback.requestCpuNs),
    responseCpuNs: reader.durationNs([...path, 'responseCpu'], given.responseCpu, fallback.responseCpuNs),
    afterResponseCpuNs: readAfterResponse(reader, path, given, fallback.afterResponseCpuNs),
    latencyNs: reader.durationNs([...path, 'latency'], given.latency, fallback.latencyNs),
    handshakeCpuNs: reader.durationNs([...path, 'handshakeCpu'], given.handshakeCpu, fallback.handshakeCpuNs),
    resumedHandshakeCpuNs: reader.durationNs(
      [...path, 'resumedHandshakeCpu'],
      given.resumedHandshakeCpu,
      fallback.resumedHandshakeCpuNs,
    ),
    cpuPerKiBNs: reader.durationNs([...path, 'cpuPerKiB'], given.cpuPerKiB, fallback.cpuPerKiBNs),
    memoryBytes: fallback.memoryBytes,
  };
}

/** Istio's default share of traced requests (istio: PILOT_TRACE_SAMPLING, 1 %). */
const TRACED_SHARE = 0.01;

/** What each request costs after its response; traces by their mean: one of a hundred requests costs a hundred times as much as counted. */
function readAfterResponse(
  reader: ScenarioReader,
  path: FieldPath,
  given: NonNullable<ScenarioSpec['sidecar']>,
  fallbackNs: number,
): number {
  const baseNs = reader.durationNs([...path, 'afterResponseCpu'], given.afterResponseCpu, fallbackNs);
  const logNs = reader.durationNs([...path, 'accessLogCpu'], given.accessLogCpu, 0);
  const traceNs = reader.durationNs([...path, 'tracingCpu'], given.tracingCpu, 0);
  const traced = reader.share([...path, 'tracingSampling'], given.tracingSampling, TRACED_SHARE);
  if (given.tracingSampling !== undefined && given.tracingCpu === undefined) {
    reader.wrong([...path, 'tracingSampling'], 'has no meaning without tracingCpu', 'for example `tracingCpu: 50us`');
  }
  if (traceNs > 0 && traced < 1) {
    reader.assumed([...path, 'tracingCpu'], 'tracing is counted by its mean: every request costs its share of it');
  }
  return baseNs + logNs + Math.round(traceNs * traced);
}
