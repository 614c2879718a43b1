// The topology in the colours of the comparison: each service and each edge in the tone of its strongest verdict, over all its metrics or over
// one family of them.
import type {
  ArmService,
  ArmSummary,
  Comparison,
  DiffSubject,
  MetricDifference,
  MetricVerdict,
} from '../../../../scenarios/result/diff-result.js';
import { changeText, metricName } from '../../../diff/words.js';
import type { Graph, GraphEdge, GraphNode, Tone } from '../topology/graph.js';
import { familyOf, type MetricFamily, subjectKey } from './subjects.js';

const NOT_COMPARED: Tone = { className: 'tone-none', shape: 'none', label: 'not compared' };
const ADDED: Tone = { className: 'tone-added', shape: 'plus', label: 'only in the candidate' };
const REMOVED: Tone = { className: 'tone-removed', shape: 'cross', label: 'only in the base' };
const TONES: Readonly<Record<MetricVerdict, Tone>> = {
  same: { className: 'tone-same', shape: 'none', label: 'same' },
  inconclusive: { className: 'tone-inconclusive', shape: 'diamond', label: 'inconclusive' },
  changed: { className: 'tone-changed', shape: 'square', label: 'changed' },
  new: { className: 'tone-changed', shape: 'plus', label: 'calls are new' },
  gone: { className: 'tone-changed', shape: 'cross', label: 'calls are gone' },
  'not-comparable': { className: 'tone-none', shape: 'none', label: 'not comparable' },
  better: { className: 'tone-better', shape: 'dot', label: 'better' },
  worse: { className: 'tone-worse', shape: 'triangle', label: 'worse' },
};
/** From weak to strong. */
const LEGEND: readonly Tone[] = [
  NOT_COMPARED,
  TONES.same,
  TONES.inconclusive,
  TONES.changed,
  TONES.better,
  ADDED,
  REMOVED,
  TONES.worse,
];

const MODES: readonly {
  readonly value: string;
  readonly label: string;
  readonly families: readonly MetricFamily[] | null;
}[] = [
  { value: 'all', label: 'Everything', families: null },
  { value: 'latency', label: 'Latency', families: ['latency'] },
  { value: 'errors', label: 'Errors', families: ['errors'] },
  { value: 'load', label: 'Load', families: ['rates', 'retries', 'busy'] },
];

/** The metrics of a comparison by what they are about. */
export type MetricsBySubject = ReadonlyMap<string, readonly MetricDifference[]>;

export function bySubject({ metrics }: Comparison): MetricsBySubject {
  const lists = new Map<string, MetricDifference[]>();
  for (const metric of metrics) {
    const key = subjectKey(metric.subject);
    const own = lists.get(key);
    if (own === undefined) lists.set(key, [metric]);
    else own.push(metric);
  }
  return lists;
}

export function diffGraph(
  { metrics, entities, candidate }: Comparison,
  base: ArmSummary,
  lists: MetricsBySubject,
): Graph {
  const known = new Map([...candidate.services, ...base.services].map((service) => [service.name, service]));
  const subjects = [...new Map(metrics.map(({ subject }) => [subjectKey(subject), subject])).values()];
  const changes = new Map(entities.map(({ change, subject }) => [subjectKey(subject), change]));
  const all = [...subjects, ...entities.map(({ subject }) => subject)];
  const services = new Set(all.flatMap((subject) => (subject.kind === 'service' ? [subject.service] : [])));
  const edges = all.flatMap((subject) => (subject.kind === 'edge' ? [subject] : []));
  const names = [...new Set([...edges.flatMap(({ from, to }) => [from, to]), ...services])];
  const numbers = new Map(names.map((name, node) => [name, node]));
  const look = (subject: DiffSubject): Pick<GraphNode, 'tones' | 'notes' | 'labels' | 'mark' | 'ratePerSecond'> => {
    const change = changes.get(subjectKey(subject));
    const own = lists.get(subjectKey(subject)) ?? [];
    if (change !== undefined && own.length === 0) {
      const tone = change === 'added' ? ADDED : REMOVED;
      return {
        tones: MODES.map(() => tone),
        notes: MODES.map(() => tone.label),
        labels: MODES.map(() => [tone.label]),
        mark: null,
        ratePerSecond: 0,
      };
    }
    const looks = MODES.map(({ families }) =>
      lookOf(families === null ? own : own.filter(({ metric }) => families.includes(familyOf(metric)))),
    );
    return {
      tones: looks.map(({ tone }) => tone),
      notes: looks.map(({ note }) => note),
      labels: looks.map(({ label }) => label),
      mark: null,
      ratePerSecond: rateOf(own),
    };
  };
  return {
    modes: MODES.map(({ value, label }) => ({ value, label, legend: LEGEND })),
    nodes: names.map((name): GraphNode => {
      const isService = services.has(name);
      const own = look(isService ? { kind: 'service', service: name } : trafficSubject(name, subjects));
      const sent = edges.filter(({ from }) => from === name);
      const ratePerSecond = own.ratePerSecond || sent.reduce((sum, edge) => sum + look(edge).ratePerSecond, 0);
      return { name, ...placeOf(isService ? known.get(name) : undefined, isService), ...own, ratePerSecond };
    }),
    edges: edges.map((subject): GraphEdge => {
      return { from: numbers.get(subject.from)!, to: numbers.get(subject.to)!, ...look(subject) };
    }),
  };
}

function placeOf(service: ArmService | undefined, isService: boolean): Pick<GraphNode, 'kind' | 'group'> {
  if (service === undefined || service.kind === 'ztunnel') return { kind: isService ? 'app' : 'traffic', group: '' };
  const { kind, namespace } = service;
  return { kind: kind === 'client' ? 'traffic' : kind, group: kind === 'external' ? '' : namespace };
}

/** Metrics of the traffic as a whole stand under its only request where it has one. */
export function trafficSubject(name: string, subjects: readonly DiffSubject[]): DiffSubject {
  const requests = subjects.filter((subject) => subject.kind === 'request' && subject.traffic === name);
  return requests.length === 1 ? requests[0]! : { kind: 'traffic', traffic: name };
}

/** Only what differs, and whom it calls or is called by in calls that differ; the whole graph where everything is the same. */
export function differing(graph: Graph): Graph {
  const isQuiet = ({ tones }: { readonly tones: readonly Tone[] }): boolean =>
    tones[0] === TONES.same || tones[0] === NOT_COMPARED || tones[0] === TONES.inconclusive;
  const kept = new Set([...graph.nodes.keys()].filter((node) => !isQuiet(graph.nodes[node]!)));
  for (const edge of graph.edges) {
    if (isQuiet(edge)) continue;
    kept.add(edge.from);
    kept.add(edge.to);
  }
  if (kept.size === 0) return graph;
  const order = [...graph.nodes.keys()].filter((node) => kept.has(node));
  const numbers = new Map(order.map((node, number) => [node, number]));
  return {
    modes: graph.modes,
    nodes: order.map((node) => graph.nodes[node]!),
    edges: graph.edges.flatMap((edge) => {
      const [from, to] = [numbers.get(edge.from), numbers.get(edge.to)];
      return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
    }),
  };
}

const STRENGTH: readonly MetricVerdict[] = ['worse', 'better', 'changed', 'new', 'gone'];

interface Look {
  readonly tone: Tone;
  readonly note: string;
  /** The metric and its change; empty where there is none that counts. */
  readonly label: readonly string[];
}

/** Of metrics in the order of their importance. What is open, or has too little data, speaks where no more is the same. */
function lookOf(metrics: readonly MetricDifference[]): Look {
  const strongest = STRENGTH.map((verdict) => metrics.find((metric) => metric.verdict === verdict)).find(
    (metric) => metric !== undefined,
  );
  if (strongest !== undefined) {
    const tone = TONES[strongest.verdict];
    const label = [metricName(strongest), changeText(strongest)];
    return { tone, note: `${tone.label}: ${label.join(' ')}`, label };
  }
  if (metrics.length === 0) return { tone: NOT_COMPARED, note: NOT_COMPARED.label, label: [] };
  const open = metrics.filter(({ verdict, reason }) => verdict === 'inconclusive' && reason === null).length;
  const same = metrics.filter(({ verdict }) => verdict === 'same').length;
  const tone = same > 0 && same >= open ? TONES.same : TONES.inconclusive;
  return { tone, note: tone === TONES.same && open > 0 ? `same, ${open} open` : tone.label, label: [] };
}

function rateOf(metrics: readonly MetricDifference[]): number {
  return metrics.find(({ metric }) => metric === 'served')?.base ?? 0;
}
