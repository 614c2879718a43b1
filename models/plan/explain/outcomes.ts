// What becomes of a request in the end, from the hops of its way: every answer that it may get, its share of the requests, and who gives it.
// envoy: source/common/router/retry_state_impl.cc (a try that fails the same way each time ends with URX); flags are those of the first proxy's log,
// in its order: what the retry state says stands before what ended the last try.
import type { RetryPlan } from '../contract/plan.js';
import type { Answer, DestinationView, Hop, Outcome, PodsView } from './explanation.js';

/** In the order of their shares. Shares go by the weights of routes and endpoints and by the probabilities of faults. */
export function outcomesOf(hops: readonly Hop[]): Outcome[] {
  const merged = new Map<string, Outcome>();
  for (const outcome of hops.length === 0 ? [] : atHop(0, hops, 0)) {
    const key = JSON.stringify({ ...outcome, share: 0 });
    merged.set(key, { ...outcome, share: outcome.share + (merged.get(key)?.share ?? 0) });
  }
  return [...merged.values()].filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}

function atHop(index: number, hops: readonly Hop[], depth: number): Outcome[] {
  const hop = hops[index]!;
  const { route, proxy } = hop;
  // Gateways may pass a request round in a circle.
  if (depth > hops.length)
    return [
      { share: 1, status: null, flags: [], by: proxy.workload, hop: index, why: '', decidedBy: null, unless: [] },
    ];
  const unless = route.possible.filter(({ share }) => share === null).map(({ why }) => why);
  const own = (share: number, { status, flag, why, decidedBy }: Answer, first: readonly string[] = []): Outcome => ({
    share,
    status,
    flags: [...route.marks, ...first, ...(flag === '' ? [] : [flag])],
    by: proxy.workload,
    hop: index,
    why,
    decidedBy,
    unless,
  });
  const outcomes: Outcome[] = [];
  let rest = 1;
  for (const possible of route.possible) {
    if (possible.share === null) continue;
    outcomes.push(own(rest * possible.share, possible));
    rest *= 1 - possible.share;
  }
  if (route.answer !== null) return [...outcomes, own(rest, route.answer)];
  const { policy } = route.retry;
  for (const destination of route.destinations) {
    const share = rest * destination.share;
    const { answer } = destination;
    if (answer !== null) {
      outcomes.push(own(share, answer, isRetried(policy, answer) ? ['URX'] : []));
      continue;
    }
    const behind = behindDestination(destination, hops, depth);
    const isTriedAgain = ({ status }: Outcome): boolean =>
      status !== null && hasFlags(hop) && (policy?.statuses.includes(status) ?? false);
    const inVain = behind.every((outcome) => isTriedAgain(outcome));
    for (const outcome of behind)
      outcomes.push({
        ...outcome,
        share: share * outcome.share,
        flags: [...route.marks, ...(inVain ? ['URX'] : [])],
        unless: [
          ...unless,
          ...outcome.unless,
          ...(isTriedAgain(outcome) && !inVain ? ['another try finds other pods'] : []),
        ],
      });
  }
  return outcomes;
}

/** What callers without a proxy, and Linkerd's, do not have. */
function hasFlags({ proxy }: Hop): boolean {
  return proxy.kind === 'sidecar' || proxy.kind === 'gateway' || proxy.kind === 'waypoint';
}

function isRetried(policy: RetryPlan | null, { flag }: Answer): boolean {
  if (policy === null || policy.linkerd !== undefined) return false;
  if (flag === 'UF') return policy.onConnectFailure;
  return flag === 'UC' && policy.onReset;
}

function behindDestination({ endpoints }: DestinationView, hops: readonly Hop[], depth: number): Outcome[] {
  const total = endpoints.reduce((sum, { pods, weight }) => sum + pods * weight, 0);
  return endpoints.flatMap((endpoint) => {
    const share = (endpoint.pods * endpoint.weight) / total;
    return atPods(endpoint, hops, depth).map((outcome) => ({ ...outcome, share: share * outcome.share }));
  });
}

function atPods({ workload, nextHop, answer, possible }: PodsView, hops: readonly Hop[], depth: number): Outcome[] {
  const unless = possible.filter(({ share }) => share === null).map(({ why }) => why);
  const own = (share: number, { status, why, decidedBy }: Answer): Outcome => ({
    share,
    status,
    flags: [],
    by: workload,
    hop: null,
    why,
    decidedBy,
    unless,
  });
  const outcomes: Outcome[] = [];
  let rest = 1;
  for (const one of possible) {
    if (one.share === null) continue;
    outcomes.push(own(rest * one.share, one));
    rest *= 1 - one.share;
  }
  if (answer !== null) return [...outcomes, own(rest, answer)];
  if (nextHop !== null) {
    for (const outcome of atHop(nextHop, hops, depth + 1))
      outcomes.push({ ...outcome, share: rest * outcome.share, unless: [...unless, ...outcome.unless] });
    return outcomes;
  }
  return [
    ...outcomes,
    { share: rest, status: null, flags: [], by: workload, hop: null, why: '', decidedBy: null, unless },
  ];
}
