// ST2107: retries at every hop of a path, which multiply. Needs the scenario: who calls whom.

import { podArrivals } from '../../plan/arrivals.js';
import type { CallSitePlan, MeshPlan } from '../../plan/plan.js';
import { NONE } from '../../plan/plan.js';
import type { Rule } from '../rule.js';
import { callsOf, sharesOf } from '../traffic.js';

/** Tries of the last service for one request from outside. */
const TOO_MANY = 8;

export const amplification: Rule = {
  code: 'ST2107',
  name: 'RetryAmplification',
  title: 'retries that multiply along a path',
  severity: 'warning',
  needsScenario: true,
  why: 'Each hop retries the failures of the hop below: three hops with two retries are up to 3 × 3 × 3 = 27 tries at the end for one request. A short fault becomes an outage that holds itself up.',
  help: 'retry at one hop, the one next to the fault, or give the hops a retryBudget',
  source: 'envoy: source/common/router/retry_state_impl.cc; M. Brooker, "Timeouts, retries, and backoff with jitter"',
  check(mesh, report) {
    const { plan } = mesh;
    if (plan === null) return;
    const worst = worstPaths(plan);
    for (const [end, path] of worst) {
      if (path.tries < TOO_MANY) continue;
      const names = path.sites.map((site) => plan.edges[plan.sites[site]!.edge]!);
      const route = [names[0]!.fromName, ...names.map(({ toName }) => toName)].join(' → ');
      const factors = path.factors.filter((factor) => factor > 1).join(' × ');
      const position =
        path.sites.map((site) => plan.sites[site]!.route.position).find((place) => place !== null) ?? null;
      report.at(
        plan.sites[end]!.route.position ?? position,
        `${route}: up to ${factors} = ${path.tries} tries of the last for one request`,
      );
    }
  },
};

interface Path {
  readonly tries: number;
  readonly sites: readonly number[];
  readonly factors: readonly number[];
}

/** For each place that calls and has nothing retried below it: the path to it with the most tries. */
function worstPaths(plan: MeshPlan): Map<number, Path> {
  const best = new Map<number, Path>();
  const visit = (index: number, before: Path, applicationTries: number): void => {
    const site = plan.sites[index]!;
    const factor = triesOf(site) * applicationTries;
    const path = {
      tries: before.tries * factor,
      sites: [...before.sites, index],
      factors: [...before.factors, factor],
    };
    const known = best.get(index);
    if (known !== undefined && known.tries >= path.tries) return;
    best.set(index, path);
    for (const { destination } of sharesOf(site)) {
      for (const { handler } of podArrivals(destination)) {
        if (handler === NONE) continue;
        for (const call of callsOf(plan.handlers[handler]!)) visit(call.site, path, 1 + call.retries);
      }
    }
  };
  for (const { requests } of plan.traffic)
    for (const { site } of requests) visit(site, { tries: 1, sites: [], factors: [] }, 1);
  const extended = new Set(
    [...best.values()].map(({ sites, tries }) => parentOf(sites, tries, best)).filter((site) => site !== null),
  );
  return new Map([...best].filter(([site]) => !extended.has(site)));
}

/** The place before the last, where the last has at least as many tries. */
function parentOf(sites: readonly number[], tries: number, best: ReadonlyMap<number, Path>): number | null {
  const parent = sites[sites.length - 2];
  return parent !== undefined && (best.get(parent)?.tries ?? Infinity) <= tries ? parent : null;
}

/** Tries for failures of the server itself; failures to connect never reach it. */
function triesOf({ route }: CallSitePlan): number {
  const { retry } = route;
  const budget = retry?.linkerd?.budget ?? null;
  if (budget !== null) return 1 + budget.retryRatio;
  return retry !== null && (retry.statuses.some((status) => status >= 500) || retry.onReset) ? 1 + retry.retries : 1;
}
