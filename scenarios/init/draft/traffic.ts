// Doors and sources as the draft's traffic: who sends what, how much, and why we think so.
import { METHODS } from '../../document/schema-words.js';
import type { EntryRequest, FoundEntry } from '../entries/entry.js';
import type { Load } from '../load/load.js';
import type { Source } from '../load/sources.js';
import type { Service } from '../surveyed.js';
import { callAddress, outsideAddress, speaksHttp } from './addresses.js';
import { guessRate, type RateGuess } from './capacity.js';
import type { CallTree } from './demands.js';
import type { DraftRequest, DraftTraffic, Note } from './draft.js';
import { plainName, UniqueNames } from './names.js';

/** A load generator of which nothing says how much it sends. */
const SOURCE_RATE = 10;

export function draftTraffic(
  entries: readonly FoundEntry[],
  sources: readonly Source[],
  tree: CallTree,
): readonly DraftTraffic[] {
  const names = new UniqueNames();
  return [
    ...entries.map((entry) => fromEntry(entry, names, entries.length, tree)),
    ...sources.flatMap((source) => fromSource(source, names)),
  ];
}

function fromEntry(entry: FoundEntry, names: UniqueNames, count: number, tree: CallTree): DraftTraffic {
  const doors = entry.requests.flatMap(({ service }) => service ?? entry.service ?? []);
  const visits = tree.visits(doors.map((service: Service) => ({ service, weight: 1 / doors.length })));
  const calls = [...visits.values()].reduce((sum, visit) => sum + visit, 0);
  const guess = guessRate(tree.demands(visits), calls);
  const suffix = count === 1 || entry.service === null ? '' : `-${plainName(entry.service.name)}`;
  return {
    name: names.take(`visitors${suffix}`),
    to: entry.to,
    from: null,
    load: { kind: 'rate', ratePerSecond: guess.ratePerSecond },
    loadIsKnown: false,
    loadNote: { text: rateReason(guess), at: entry.at },
    durationSeconds: null,
    requestBytes: null,
    note: { text: entry.text, at: entry.at },
    caveat: entry.caveat,
    requests: requestsOf(entry.requests),
  };
}

function rateReason({ busiest }: RateGuess): string {
  if (busiest === null) return 'nothing says how many requests come';
  const percent = Math.max(1, Math.round(busiest.utilisation * 100));
  return `nothing says how many requests come; with this, ${busiest.service} is busy for ${percent} % of its time`;
}

function requestsOf(requests: readonly Pick<EntryRequest, 'method' | 'path' | 'headers'>[]): DraftRequest[] {
  const names = new UniqueNames();
  return requests.map(({ method, path, headers }) => {
    const known = METHODS.find((candidate) => candidate === method.toUpperCase()) ?? 'GET';
    const shown = Object.entries(headers).filter(
      ([name]) => /^[A-Za-z0-9_-]+$/.test(name) && name.toLowerCase() !== 'host',
    );
    const word = plainName(path.replace(/^\/+|[?#].*$/g, '').replace(/\//g, '-')) || 'home';
    const prefix = known === 'GET' ? '' : `${known.toLowerCase()}-`;
    return { name: names.take(prefix + word), method: known, path, headers: Object.fromEntries(shown) };
  });
}

function fromSource({ workload, calls, load, isGenerator }: Source, names: UniqueNames): DraftTraffic[] {
  return calls.flatMap((call): DraftTraffic[] => {
    const to = workload.isSimulated ? callAddress(call) : outsideAddress(call);
    if (to === null) return [];
    const path = inUrl(call.path ?? '');
    const isHttp = speaksHttp(call);
    const method = isHttp ? (call.method ?? (load?.payloadBytes == null ? null : 'POST')) : null;
    const pods = Math.max(1, workload.replicas);
    const given = load === null ? null : shared(load.load, pods, calls.length);
    const what = isGenerator ? 'sends by itself' : 'calls and stands behind no Service';
    const loadNote: Note = {
      text: load === null ? 'nothing says how often it sends' : sharedReason(load.text, pods, calls.length),
      at: workload.at([]),
    };
    return [
      {
        name: names.take(plainName(calls.length === 1 ? workload.name : `${workload.name}-to-${call.to.name}`)),
        to: !isHttp ? to : /^[a-z]+:\/\//.test(to) ? `${to}${path}` : `http://${to}${path}`,
        from: workload.isSimulated ? `${workload.name}.${workload.namespace}` : null,
        load: given ?? { kind: 'rate', ratePerSecond: SOURCE_RATE },
        loadIsKnown: given !== null,
        loadNote,
        durationSeconds: load?.durationSeconds ?? null,
        requestBytes: load?.payloadBytes ?? null,
        note: { text: `${workload.label} ${what}: ${call.evidence.text}`, at: call.evidence.at },
        caveat: workload.isSimulated ? null : `${workload.label} is not simulated: its requests come from outside`,
        requests: method === null ? [] : requestsOf([{ method, path: path || '/', headers: {} }]),
      },
    ];
  });
}

/** The load of all pods of a source on one of its targets. */
function shared(load: Load, pods: number, targets: number): Load {
  const factor = pods / targets;
  const rounded = (rate: number): number => Number((rate * factor).toPrecision(3));
  switch (load.kind) {
    case 'rate':
      return { kind: 'rate', ratePerSecond: rounded(load.ratePerSecond) };
    case 'connections':
      return {
        ...load,
        connections: Math.min(1_000_000, Math.max(1, Math.round(load.connections * factor))),
        ratePerSecond: load.ratePerSecond === null ? null : rounded(load.ratePerSecond),
      };
  }
}

function sharedReason(text: string, pods: number, targets: number): string {
  return [text, pods > 1 ? `${pods} pods` : '', targets > 1 ? `shared by ${targets} targets` : '']
    .filter((part) => part !== '')
    .join(', ');
}

/** A path of a policy as a URL can hold it: what is no character of a URL is written by its bytes (RFC 3986, section 2.1). */
function inUrl(path: string): string {
  return path.replace(/[\s#\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, (char) => {
    const bytes = new TextEncoder().encode(char);
    return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}
