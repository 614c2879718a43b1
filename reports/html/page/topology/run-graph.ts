// The topology of a run: toned by the share of calls that failed, or by how long the slowest of a hundred took.
import type { Finding, FindingPlace } from '../../../../scenarios/result/findings-result.js';
import type { EdgeSummary, FlowSummary, RunResult, ServiceSummary } from '../../../../scenarios/result/run-result.js';
import { formatDurationMs, formatNumber, formatShare } from '../../../numbers.js';
import type { Graph, GraphMode, GraphNode, Mark, NodeKind, Tone } from './graph.js';

const ERROR_TONES: readonly Tone[] = [
  { className: 'tone-none', shape: 'none', label: 'no calls' },
  { className: 'tone-good', shape: 'dot', label: 'no errors' },
  { className: 'tone-e1', shape: 'dot', label: 'up to 0.1 %' },
  { className: 'tone-e2', shape: 'square', label: 'up to 1 %' },
  { className: 'tone-e3', shape: 'triangle', label: 'up to 5 %' },
  { className: 'tone-e4', shape: 'diamond', label: 'more than 5 %' },
];
const ERROR_BOUNDS = [0, 0.001, 0.01, 0.05];
const LATENCY_SHAPES = ['dot', 'dot', 'square', 'triangle', 'diamond'] as const;
const NO_LATENCY: Tone = { className: 'tone-none', shape: 'none', label: 'too few calls' };

export function runGraph({ services, edges, traffic, findings }: RunResult): Graph {
  const marks = new Marks(findings);
  const latency = latencyMode([...services.flatMap(({ calls }) => (calls === null ? [] : [calls])), ...edges]);
  const known = new Set(services.map(({ name }) => name));
  const senders = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].filter((name) => !known.has(name));
  const nodes: GraphNode[] = [
    ...senders.map((name) => {
      const flow = traffic.find((source) => source.name === name) ?? null;
      const rate = flow?.offeredPerSecond.value ?? sentBy(name, edges);
      return {
        name,
        kind: 'traffic' as const,
        group: '',
        ratePerSecond: rate,
        ...look(flow, rate, latency),
        mark: marks.of('traffic', name),
      };
    }),
    ...services.flatMap((service) => {
      // Connections go through ztunnels, requests do not stop there.
      if (service.kind === 'ztunnel') return [];
      const rate = service.calls?.servedPerSecond.value ?? 0;
      const kind: NodeKind = service.kind === 'client' ? 'traffic' : service.kind;
      return {
        name: service.name,
        kind,
        group: namespaceOf(service),
        ratePerSecond: rate,
        ...look(service.calls, rate, latency),
        mark: marks.ofService(service),
      };
    }),
  ];
  const numbers = new Map(nodes.map(({ name }, node) => [name, node]));
  return {
    modes: [{ value: 'errors', label: 'Errors', legend: ERROR_TONES }, latency.mode],
    nodes,
    edges: edges.map((edge) => {
      const rate = edge.servedPerSecond.value ?? 0;
      return {
        from: numbers.get(edge.from)!,
        to: numbers.get(edge.to)!,
        ratePerSecond: rate,
        ...look(edge, rate, latency),
        mark: marks.of('edge', `${edge.from} -> ${edge.to}`),
      };
    }),
  };
}

/** What the findings say of the things that the map draws. */
class Marks {
  private readonly marks = new Map<string, Mark>();

  constructor(findings: readonly Finding[]) {
    for (const { role, where } of findings) {
      if (role === 'note') continue;
      for (const { kind, name } of where) {
        const key = kind === 'pod' ? `workload ${name.replace(/ #\d+$/, '')}` : `${kind} ${name}`;
        if (this.marks.get(key) !== 'culprit') this.marks.set(key, role);
      }
    }
  }

  of(kind: FindingPlace['kind'], name: string): Mark | null {
    return this.marks.get(`${kind} ${name}`) ?? null;
  }

  /** By its own name, or by that of one of its workloads. */
  ofService({ name, workloads }: ServiceSummary): Mark | null {
    const all = [this.of('service', name), ...workloads.map((workload) => this.of('workload', workload.name))];
    return all.find((mark) => mark === 'culprit') ?? all.find((mark) => mark !== null) ?? null;
  }
}

/** Of the name of its first workload, `name.namespace`; `` for what stands outside of the mesh. */
function namespaceOf({ kind, workloads }: ServiceSummary): string {
  if (kind === 'external') return '';
  const name = workloads[0]?.name ?? '';
  return name.slice(name.lastIndexOf('.') + 1);
}

function sentBy(name: string, edges: readonly EdgeSummary[]): number {
  return edges.reduce((sum, { from, servedPerSecond }) => sum + (from === name ? (servedPerSecond.value ?? 0) : 0), 0);
}

interface Latency {
  readonly mode: GraphMode;
  readonly toneOf: (p99Ms: number | null) => Tone;
}

/** Five tones at equal ratios between the fastest and the slowest p99. */
function latencyMode(flows: readonly FlowSummary[]): Latency {
  const known = flows.flatMap(({ latency }) => (latency.p99Ms.value === null ? [] : [latency.p99Ms.value]));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = Math.log(high / low) / LATENCY_SHAPES.length;
  const bound = (i: number): number => low * Math.exp(step * i);
  const isFlat = !(step > 0.05);
  const tones = LATENCY_SHAPES.slice(0, isFlat ? 1 : LATENCY_SHAPES.length).map(
    (shape, i): Tone => ({
      className: `tone-l${i}`,
      shape,
      label: `p99 up to ${formatDurationMs(isFlat ? high : bound(i + 1))}`,
    }),
  );
  return {
    mode: { value: 'latency', label: 'Latency', legend: known.length === 0 ? [NO_LATENCY] : [NO_LATENCY, ...tones] },
    toneOf: (p99Ms) => {
      if (p99Ms === null) return NO_LATENCY;
      const i = isFlat ? 0 : Math.floor(Math.log(p99Ms / low) / step);
      return tones[Math.min(tones.length - 1, Math.max(0, i))]!;
    },
  };
}

function look(
  flow: FlowSummary | null,
  rate: number,
  { toneOf }: Latency,
): Pick<GraphNode, 'tones' | 'notes' | 'labels'> {
  const share = flow?.errorShare.value ?? null;
  const p99Ms = flow?.latency.p99Ms.value ?? null;
  const perSecond = `${formatNumber(rate)}/s`;
  return {
    tones: [errorTone(share), toneOf(p99Ms)],
    notes: [
      share === null ? 'no calls' : `${perSecond} · ${share === 0 ? 'no errors' : `${formatShare(share)} errors`}`,
      p99Ms === null ? (share === null ? 'no calls' : perSecond) : `${perSecond} · p99 ${formatDurationMs(p99Ms)}`,
    ],
    labels: [
      share === null ? [] : share === 0 ? [perSecond] : [perSecond, formatShare(share)],
      share === null ? [] : p99Ms === null ? [perSecond] : [perSecond, formatDurationMs(p99Ms)],
    ],
  };
}

function errorTone(share: number | null): Tone {
  if (share === null) return ERROR_TONES[0]!;
  const above = ERROR_BOUNDS.filter((bound) => share > bound).length;
  return ERROR_TONES[1 + above]!;
}
