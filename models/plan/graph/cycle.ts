// Endless recursion: handlers from which a call certainly leads to another such handler, whatever is drawn.

import type { SourcePosition } from '../../config/diagnostic.js';
import { podArrivals } from '../contract/arrivals.js';
import type { CallSitePlan, HandlerPlan, StepPlan } from '../contract/plan.js';
import type { Findings } from '../terms/findings.js';

/** A step of a handler that is certain to be done, and all places where its call can arrive. */
interface CertainCall {
  readonly site: number;
  readonly arrivals: readonly number[];
}

interface CallGraph {
  readonly handlers: readonly HandlerPlan[];
  readonly sites: readonly CallSitePlan[];
  readonly sitePositions: readonly (SourcePosition | null)[];
  /** Name of the workload of a handler, for messages. */
  nameOf(handler: number): string;
}

/** Reports a cycle in which every call is made with probability 1; one that may end is allowed. */
export function checkCycles(graph: CallGraph, findings: Findings): void {
  // A version that lacks a handler of another has a gap.
  const calls = Array.from(graph.handlers, (handler?: HandlerPlan) =>
    certainCalls(handler?.program ?? [], graph.sites),
  );
  const endless = endlessHandlers(calls);
  const start = endless.indexOf(true);
  if (start < 0) return;
  const path: number[] = [];
  const sites: number[] = [];
  let current = start;
  while (!path.includes(current)) {
    path.push(current);
    const call = calls[current]!.find(({ arrivals }) => arrivals.every((arrival) => endless[arrival]))!;
    sites.push(call.site);
    current = call.arrivals[0]!;
  }
  const from = path.indexOf(current);
  const names = [...path.slice(from), current].map((handler) => graph.nameOf(handler));
  const position = sites
    .slice(from)
    .map((site) => graph.sitePositions[site] ?? null)
    .find((at) => at !== null);
  findings.error(
    'endless-call-cycle',
    position ?? null,
    `these calls never end: ${names.join(' -> ')}`,
    'give one of the calls a probability below 100%, or an operation that does not make it',
  );
}

/** The largest set of handlers each of which certainly calls into the set. */
function endlessHandlers(calls: readonly (readonly CertainCall[])[]): boolean[] {
  const endless = calls.map((list) => list.length > 0);
  // Calls of a handler that lead nowhere but to endless ones, and the calls that arrive at each.
  const left = calls.map((list) => list.length);
  const callers = calls.map((): { handler: number; call: CertainCall }[] => []);
  calls.forEach((list, handler) => {
    for (const call of list) for (const arrival of call.arrivals) callers[arrival]!.push({ handler, call });
  });
  const ending = new Set<CertainCall>();
  const pending = [...endless.keys()].filter((handler) => !endless[handler]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { handler, call } of callers[next]!) {
      if (ending.has(call)) continue;
      ending.add(call);
      left[handler]! -= 1;
      if (left[handler] !== 0) continue;
      endless[handler] = false;
      pending.push(handler);
    }
  }
  return endless;
}

function certainCalls(program: readonly StepPlan[], sites: readonly CallSitePlan[]): CertainCall[] {
  return program.flatMap((step) => certainCallsOf(step, sites));
}

function certainCallsOf(step: StepPlan, sites: readonly CallSitePlan[]): CertainCall[] {
  switch (step.kind) {
    case 'work':
      return [];
    case 'call': {
      const arrivals = arrivalsOf(sites[step.site]!);
      return arrivals.length === 0 ? [] : [{ site: step.site, arrivals }];
    }
    case 'parallel':
      return step.branches.flatMap((branch) => certainCalls(branch, sites));
    case 'maybe':
      return step.probability >= 1 ? certainCalls(step.steps, sites) : [];
  }
}

/** Where a call can arrive; nothing where it may also end in the caller's proxy. */
function arrivalsOf({ route }: CallSitePlan): number[] {
  if (route.action.kind === 'respond' || (route.fault !== null && route.fault.abortProbability > 0)) return [];
  const { destinations } = route.action;
  if (destinations.some((destination) => destination.arrivals.length === 0)) return [];
  return destinations.flatMap((destination) => podArrivals(destination).map((arrival) => arrival.handler));
}
