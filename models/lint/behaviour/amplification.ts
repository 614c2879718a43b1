// ST2107: retries at every hop of a path, which multiply. Needs the scenario: who calls whom.
// A failure is followed up the path with the status that each hop makes of it: a hop that does not retry that status does not multiply.

import { podArrivals } from '../../plan/contract/arrivals.js';
import type { CallSitePlan, MeshPlan } from '../../plan/contract/plan.js';
import { NONE } from '../../plan/contract/plan.js';
import type { Rule } from '../rule.js';
import { callsOf, type PlannedCall, sharesOf } from '../traffic.js';

/** Tries of the last service for one request from outside. */
const TOO_MANY = 8;

export const amplification: Rule = {
  code: 'ST2107',
  name: 'RetryAmplification',
  title: 'retries that multiply along a path',
  severity: 'warning',
  needsScenario: true,
  why: 'Each hop retries the failures of the hop below: three hops with two retries are up to 3 × 3 × 3 = 27 tries at the end for one request. A short fault becomes an outage that holds itself up. A hop counts where it retries the status that the hop below answers with.',
  help: 'retry at one hop, the one next to the fault, or give the hops a retryBudget',
  source: 'envoy: source/common/router/retry_state_impl.cc; M. Brooker, "Timeouts, retries, and backoff with jitter"',
  check(mesh, report) {
    const { plan } = mesh;
    if (plan === null) return;
    const told = new Map<string, Told>();
    for (const [end, path] of deepest(plan)) {
      if (path.tries < TOO_MANY) continue;
      const sites = path.sites.map((site) => plan.sites[site]!);
      const names = sites.map(({ edge }) => plan.edges[edge]!);
      const route = [names[0]!.fromName, ...names.map(({ toName }) => toName)].join(' → ');
      if ((told.get(route)?.path.tries ?? 0) < path.tries) told.set(route, { end, path });
    }
    for (const [route, { end, path }] of told) {
      const places = [end, ...path.sites].map((site) => plan.sites[site]!.route.position);
      const factors = path.factors.filter((factor) => factor > 1).join(' × ');
      report.at(
        places.find((place) => place !== null) ?? null,
        `${route}: up to ${factors} = ${path.tries} tries of the last for one request that fails with ${path.status === 0 ? 'a reset' : path.status}`,
      );
    }
  },
};

/** Of a server; 0 = no answer. */
const FAILURES: readonly number[] = [503, 500, 502, 504, 0];
/** What the proxy of a caller makes of no answer (envoy: source/common/router/router.cc, onUpstreamReset). */
const OF_RESET = 503;
/** The call above has not failed. */
const GOOD = -1;

interface Path {
  readonly tries: number;
  readonly sites: readonly number[];
  readonly factors: readonly number[];
  /** With which the last fails. */
  readonly status: number;
}

interface Told {
  readonly end: number;
  readonly path: Path;
}

/** A place that calls, from the handler that another place's calls end at. */
interface Above {
  readonly site: number;
  readonly call: PlannedCall;
}

/** For each place that calls and has no place below it with as many tries: the path to it with the most. */
function deepest(plan: MeshPlan): Map<number, Path> {
  const above = callersOf(plan);
  const known = new Map<string, Path>();
  /** The most tries of a call from here, where its server fails with `status`. */
  const worst = (site: number, status: number): Path => {
    const key = `${site} ${status}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const own = status === GOOD ? 1 : triesOf(plan.sites[site]!, status);
    let best: Path = { tries: own, sites: [site], factors: [own], status };
    for (const { site: parent, call } of above.get(site) ?? []) {
      const before = worst(parent, passedOn(status, call));
      const factor = own * (status === GOOD ? 1 : 1 + call.retries);
      const tries = before.tries * factor;
      if (tries > best.tries || best.sites.length === 1)
        best = { tries, sites: [...before.sites, site], factors: [...before.factors, factor], status };
    }
    known.set(key, best);
    return best;
  };
  const best = new Map<number, Path>();
  for (const site of above.keys()) {
    for (const status of FAILURES) {
      const path = worst(site, status);
      if (path.tries > (best.get(site)?.tries ?? 0)) best.set(site, path);
    }
  }
  const extended = new Set(
    [...best.values()].map(({ sites, tries }) => parentOf(sites, tries, best)).filter((site) => site !== null),
  );
  return new Map([...best].filter(([site]) => !extended.has(site)));
}

/** Every place that traffic reaches, with those above it; none above what the traffic itself calls. */
function callersOf(plan: MeshPlan): Map<number, Above[]> {
  const found = new Map<number, Above[]>();
  const visit = (site: number): void => {
    if (found.has(site)) return;
    found.set(site, []);
    for (const { destination } of sharesOf(plan.sites[site]!)) {
      for (const { handler } of podArrivals(destination)) {
        if (handler === NONE) continue;
        for (const call of callsOf(plan.handlers[handler]!)) {
          visit(call.site);
          found.get(call.site)!.push({ site, call });
        }
      }
    }
  };
  for (const { requests } of plan.traffic) for (const { site } of requests) visit(site);
  return found;
}

/** What the caller answers with when its call has failed with `status`. */
function passedOn(status: number, { onError, failStatus }: PlannedCall): number {
  if (status === GOOD) return GOOD;
  switch (onError) {
    case 'fail':
      return failStatus;
    case 'pass':
      return status === 0 ? OF_RESET : status;
    case 'ignore':
      return GOOD;
  }
}

/** The place before the last, where the last has at least as many tries. */
function parentOf(sites: readonly number[], tries: number, best: ReadonlyMap<number, Path>): number | null {
  const parent = sites[sites.length - 2];
  return parent !== undefined && (best.get(parent)?.tries ?? Infinity) <= tries ? parent : null;
}

/** Tries for one failure of the server itself; failures to connect never reach it. */
function triesOf({ route }: CallSitePlan, status: number): number {
  const { retry } = route;
  const budget = retry?.linkerd?.budget ?? null;
  if (budget !== null) return 1 + budget.retryRatio;
  if (retry === null) return 1;
  return (status === 0 ? retry.onReset : retry.statuses.includes(status)) ? 1 + retry.retries : 1;
}
