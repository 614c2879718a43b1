// What each service does for a request: the work that its kind usually has, then its calls, one after the other.
import type { FoundCall } from '../call.js';
import { classifyService, workOf } from '../discover/service-kind.js';
import type { Survey } from '../survey.js';
import type { Service, Workload } from '../surveyed.js';
import { callAddress } from './addresses.js';
import type { CallTree } from './demands.js';
import type { DraftBehaviour, DraftStep } from './draft.js';

/** The behaviours of services; `reached`: those that traffic comes to. `suggestions`: calls that doors which call nobody might make. */
export function draftBehaviours(
  described: readonly Service[],
  reached: ReadonlySet<Service>,
  doors: ReadonlySet<Service>,
  suggestions: readonly string[],
  tree: CallTree,
  survey: Survey,
): DraftBehaviour[] {
  const names = new Map<string, number>();
  for (const { key } of survey.services) names.set(key, (names.get(key) ?? 0) + 1);
  return (
    described
      // Two ServiceEntries of one host cannot be told apart by name: they have the defaults.
      .filter(({ key }) => names.get(key) === 1)
      .flatMap((service) =>
        behavioursOf(service, reached.has(service), doors.has(service) ? suggestions : [], tree, survey),
      )
  );
}

function behavioursOf(
  service: Service,
  isReached: boolean,
  suggestions: readonly string[],
  tree: CallTree,
  survey: Survey,
): DraftBehaviour[] {
  const { kind, reason } = classifyService(service);
  const calls = tree.callsOf(service);
  const own = service.workloads.filter((workload) => survey.serviceOf(workload) === service);
  const alike = new Set(own.map((workload) => keyOf(callsFrom(workload, calls)))).size <= 1;
  const first = own[0];
  const behaviour: DraftBehaviour = {
    section: 'services',
    name: service.key,
    note: { text: `${kind}, ${reason}`, at: service.at },
    steps: [workStep(kind), ...(alike && first !== undefined ? callsFrom(first, calls).flatMap(callStep) : [])],
    isReached,
    suggestions: calls.length === 0 ? suggestions : [],
    errorShare: 0,
  };
  if (alike) return [behaviour];
  const special = own
    .filter((workload) => callsFrom(workload, calls).length > 0)
    .map(
      (workload): DraftBehaviour => ({
        section: 'workloads',
        name: `${workload.name}.${workload.namespace}`,
        note: { text: `other pods behind ${service.name} make other calls`, at: workload.at([]) },
        steps: [workStep(kind), ...callsFrom(workload, calls).flatMap(callStep)],
        isReached,
        suggestions: [],
        errorShare: 0,
      }),
    );
  return [behaviour, ...special];
}

function workStep(kind: Parameters<typeof workOf>[0]): DraftStep {
  return { kind: 'work', fields: workOf(kind).fields };
}

function callsFrom(workload: Workload, calls: readonly FoundCall[]): readonly FoundCall[] {
  return calls.filter(({ from }) => from === workload);
}

/** What makes two workloads the same in what they call. */
function keyOf(calls: readonly FoundCall[]): string {
  return JSON.stringify(calls.map((call) => [callAddress(call), call.path, call.method]));
}

function callStep(call: FoundCall): DraftStep[] {
  const to = callAddress(call);
  if (to === null) return [];
  const { path, method, evidence } = call;
  return [{ kind: 'call', to, path, method, probability: 1, note: evidence }];
}
