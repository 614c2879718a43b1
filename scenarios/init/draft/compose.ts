// Resources → draft: calls, sources and doors joined into one scenario that is sure to run.
import { cutCycles } from '../cycles.js';
import { findCalls } from '../discover/calls.js';
import { classifyService, isAside } from '../discover/service-kind.js';
import { findEntries } from '../entries/entries.js';
import { requestPort } from '../entries/entry.js';
import { isGateway } from '../entries/open-services.js';
import type { LeftOut } from '../evidence.js';
import { findSources } from '../load/sources.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import { callAddress } from './addresses.js';
import { draftBehaviours } from './behaviours.js';
import { CallTree } from './demands.js';
import type { Draft, DraftEdge, DraftTraffic } from './draft.js';
import { plainName } from './names.js';
import { draftTraffic } from './traffic.js';

/** Calls that are offered to the user for a door that calls nobody. */
const MAX_SUGGESTIONS = 12;

/** The draft; null where no traffic can be found. */
export function composeDraft(survey: Survey): Draft | null {
  const found = findCalls(survey);
  const { callable, unreachable } = split(found.calls);
  const { sources, inner } = findSources(survey, callable);
  const acyclic = cutCycles(inner, survey);
  const tree = new CallTree(survey, acyclic.calls);
  const sent = sources.flatMap(({ calls }) => calls);
  const entries = findEntries(survey, [...acyclic.calls, ...sent], sources.length > 0);
  const traffic = draftTraffic(entries.entries, sources, tree);
  if (traffic.length === 0) return null;

  const entered = entries.entries.flatMap(({ service, requests }) => [
    service,
    ...requests.map((request) => request.service),
  ]);
  const doors = [...entered, ...sent.map(({ to }) => to)].filter((service): service is Service => service !== null);
  const reached = tree.reachedFrom(doors);
  const unreached = unreachedServices(survey, reached);
  // What is counted is written: also the calls that no traffic leads to yet.
  const waiting = tree.reachedFrom(survey.services.filter((service) => tree.callsOf(service).length > 0));
  const called = new Set(acyclic.calls.map(({ to }) => survey.primaryOf(to)));
  const edgesOf = (calls: typeof acyclic.calls): DraftEdge[] => {
    const edges = calls.map((call) => ({
      from: survey.appOf(call.from),
      to: call.to.source === 'entry' ? call.host : survey.primaryOf(call.to).key,
    }));
    return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()];
  };
  return {
    name: nameOf(survey, reached),
    runSeconds: runSeconds(traffic),
    traffic,
    behaviours: draftBehaviours(
      [...reached, ...waiting.filter((service) => !reached.includes(service))],
      new Set(reached),
      new Set(doors.map((door) => survey.primaryOf(door))),
      unreached.flatMap(suggestion),
      tree,
      survey,
    ),
    edges: edgesOf([...sent, ...acyclic.calls]),
    callCount: edgesOf(acyclic.calls).length,
    leftOut: distinct([...refused(survey), ...entries.leftOut, ...acyclic.leftOut, ...unreachable, ...found.leftOut]),
    uncalled: unreached.filter((service) => !called.has(service)).map(({ key }) => key),
    unreached: unreached.map(({ key }) => key),
    serviceCount: survey.services.length,
    objects: [],
  };
}

/** A benchmark that lasts longer is cut: its numbers are there before. A shorter one is begun again: pods that end are restarted. */
const MIN_RUN_SECONDS = 60;
const MAX_RUN_SECONDS = 600;

/** As long as the load generators send, where nobody else does; null where one has no end. */
function runSeconds(traffic: readonly DraftTraffic[]): number | null {
  const longest = traffic.reduce<number | null>(
    (most, { durationSeconds }) => (most === null || durationSeconds === null ? null : Math.max(most, durationSeconds)),
    0,
  );
  return longest === null || longest <= MIN_RUN_SECONDS ? null : Math.min(longest, MAX_RUN_SECONDS);
}

/** Objects that a cluster would not take: nothing is known of them. */
function refused({ resources }: Survey): LeftOut[] {
  return resources.rejected.map(({ kind, name, source }) => ({
    text: `${kind} ${name}, which a cluster would refuse`,
    at: source.at([]),
  }));
}

function split(calls: ReturnType<typeof findCalls>['calls']) {
  const callable = calls.filter((call) => call.to.isThere && callAddress(call) !== null);
  const unreachable = calls
    .filter((call) => !callable.includes(call))
    .map(({ from, to, evidence }): LeftOut => {
      const why = to.isThere ? 'which has no port for requests' : 'whose pods are not in the YAML';
      return { text: `${from.name} calls ${to.name} (${evidence.text}), ${why}`, at: evidence.at };
    });
  return { callable, unreachable };
}

/** Services with pods that serve requests and that nothing in the draft comes to. */
function unreachedServices(survey: Survey, reached: readonly Service[]): Service[] {
  const known = new Set(reached);
  return survey.services.filter(
    (service) =>
      service.source === 'kubernetes' &&
      service.isThere &&
      survey.primaryOf(service) === service &&
      !known.has(service) &&
      !isGateway(service, survey) &&
      !isAside(classifyService(service).kind),
  );
}

function suggestion(service: Service, index: number): string[] {
  const port = requestPort(service);
  return port === null || index >= MAX_SUGGESTIONS ? [] : [`${service.key}:${port.number}`];
}

/** The namespace that all of it is in; else the first service that traffic comes to. */
function nameOf(survey: Survey, reached: readonly Service[]): string {
  const namespaces = new Set(survey.workloads.map(({ namespace }) => namespace));
  const [only] = namespaces;
  const name = namespaces.size === 1 && only !== undefined && only !== 'default' ? only : reached[0]?.name;
  return plainName(name ?? '') || 'mesh';
}

function distinct(leftOut: readonly LeftOut[]): LeftOut[] {
  return [...new Map(leftOut.map((item) => [JSON.stringify(item), item])).values()];
}
