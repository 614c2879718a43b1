// One-way delays between localities from the round trips of the scenario; the entry that names a pair most exactly wins.

import type { LocalityPlan, NetworkPlan } from '../contract/plan.js';
import type { NetworkInput } from '../settings/input.js';
import type { Findings } from '../terms/findings.js';
import { EXTERNAL_LOCALITY } from '../terms/locality.js';
import { suggestion } from '../terms/nearest.js';

type Between = NetworkInput['between'][number];

interface Link {
  readonly rttNs: number;
  readonly jitter: number;
  readonly loss: number;
  /** 0 = no limit. */
  readonly bytesPerSecond: number;
}

/** The matrices for these localities. An entry of `between` that names no zone or region of the mesh is a warning. */
export function networkPlan(localities: readonly LocalityPlan[], input: NetworkInput, findings: Findings): NetworkPlan {
  warnOfUnknownPlaces(localities, input, findings);
  const links = localities.map((from) => localities.map((to) => linkBetween(from, to, input)));
  return {
    oneWayNs: links.map((row) => row.map((link) => Math.round(link.rttNs / 2))),
    jitter: links.map((row) => row.map((link) => link.jitter)),
    loss: links.map((row) => row.map((link) => link.loss)),
    bytesPerSecond: links.map((row) => row.map((link) => link.bytesPerSecond)),
  };
}

function linkBetween(from: LocalityPlan, to: LocalityPlan, input: NetworkInput): Link {
  let best: Between | null = null;
  let bestExactness = 0;
  for (const entry of input.between) {
    const exactness = Math.max(exactnessOf(entry.a, entry.b, from, to), exactnessOf(entry.b, entry.a, from, to));
    if (exactness > 0 && exactness >= bestExactness) {
      best = entry;
      bestExactness = exactness;
    }
  }
  const bytesPerSecond = best?.bytesPerSecond ?? input.bytesPerSecond ?? 0;
  const { rttNs, jitter, loss } = best ?? { ...input, rttNs: defaultRttNs(from, to, input) };
  return { rttNs, jitter, loss, bytesPerSecond };
}

/** 0: the entry is not about this pair; more: it names more of its ends by their zone. Inside a zone only the zone's own name counts. */
function exactnessOf(a: string, b: string, from: LocalityPlan, to: LocalityPlan): number {
  const atA = exactnessAt(a, from);
  const atB = exactnessAt(b, to);
  const insideZone = from.region === to.region && from.zone === to.zone;
  if (atA === 0 || atB === 0 || (insideZone && atA + atB < 4)) return 0;
  return atA + atB;
}

function exactnessAt(name: string, locality: LocalityPlan): number {
  if (name === locality.zone) return 2;
  return name === locality.region ? 1 : 0;
}

function defaultRttNs(from: LocalityPlan, to: LocalityPlan, input: NetworkInput): number {
  const fromOutside = from.region === EXTERNAL_LOCALITY.region;
  const toOutside = to.region === EXTERNAL_LOCALITY.region;
  if (fromOutside !== toOutside) return input.externalRttNs;
  if (from.region !== to.region) return input.crossRegionRttNs;
  return from.zone === to.zone ? input.sameZoneRttNs : input.crossZoneRttNs;
}

function warnOfUnknownPlaces(localities: readonly LocalityPlan[], input: NetworkInput, findings: Findings): void {
  const known = [...localities, EXTERNAL_LOCALITY].flatMap((locality) => [locality.zone, locality.region]);
  for (const entry of input.between) {
    for (const name of [entry.a, entry.b]) {
      if (known.includes(name)) continue;
      findings.warning(
        'locality-not-found',
        entry.at,
        `no pod runs in a zone or region named ${name}; this round trip is not used`,
        suggestion(name, known),
      );
    }
  }
}
