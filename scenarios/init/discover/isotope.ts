// Isotope topologies: documents without a kind in which each service has a script. The script is the call graph, and the work too.
// istio/tools: isotope/convert/pkg/graph (svc, script), isotope/service (what the mock service does with it).
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import { fieldOf, isPlainMap, type PlainValue, type RawDocument } from '../../../models/config/document.js';
import { listIn, numberIn, textIn } from '../loose.js';

export type ScriptStep =
  | { readonly kind: 'sleep'; readonly duration: string }
  | { readonly kind: 'call'; readonly service: string; readonly probability: number; readonly at: SourcePosition }
  | { readonly kind: 'parallel'; readonly steps: readonly ScriptStep[] };

export interface TopologyService {
  readonly name: string;
  readonly isEntry: boolean;
  readonly isGrpc: boolean;
  /** 0..1 */
  readonly errorRate: number;
  readonly replicas: number;
  readonly script: readonly ScriptStep[];
  readonly at: SourcePosition;
}

/** One document of services and their scripts. */
export interface Topology {
  readonly services: readonly TopologyService[];
  readonly at: SourcePosition;
}

/** The topologies among the documents. */
export function topologiesIn(documents: readonly RawDocument[]): Topology[] {
  return documents.filter(isTopology).map((document) => {
    const defaults = fieldOf(document.value, 'defaults');
    const services = listIn(document.value, 'services').flatMap((service, i): TopologyService[] => {
      const name = textIn(service, 'name');
      if (name === null) return [];
      const path = ['services', i];
      const own = fieldOf(service, 'script') !== undefined;
      const script = own ? listIn(service, 'script') : listIn(defaults, 'script');
      const place = own ? [...path, 'script'] : ['defaults', 'script'];
      return [
        {
          name,
          isEntry: fieldOf(service, 'isEntrypoint') === true,
          isGrpc: (textIn(service, 'type') ?? textIn(defaults, 'type')) === 'grpc',
          errorRate: share(fieldOf(service, 'errorRate') ?? fieldOf(defaults, 'errorRate')),
          replicas: replicasOf(numberIn(service, 'numReplicas') ?? numberIn(defaults, 'numReplicas')),
          script: script.flatMap((step, j) => readStep(document, [...place, j], step)),
          at: document.at(path),
        },
      ];
    });
    return { services, at: document.at([]) };
  });
}

function replicasOf(count: number | null): number {
  return count === null ? 1 : Math.min(10_000, Math.max(1, Math.round(count)));
}

function isTopology({ value }: RawDocument): boolean {
  const services = listIn(value, 'services');
  return (
    fieldOf(value, 'kind') === undefined &&
    services.length > 0 &&
    services.every((service) => textIn(service, 'name') !== null)
  );
}

function readStep(document: RawDocument, path: readonly (string | number)[], step: PlainValue): ScriptStep[] {
  if (Array.isArray(step)) {
    const steps = (step as readonly PlainValue[]).flatMap((inner, i) => readStep(document, [...path, i], inner));
    return steps.length === 0 ? [] : [{ kind: 'parallel', steps }];
  }
  if (!isPlainMap(step)) return [];
  const sleep = textIn(step, 'sleep');
  if (sleep !== null) return [{ kind: 'sleep', duration: sleep }];
  const service = textIn(step, 'call') ?? textIn(step, 'call', 'service');
  if (service === null) return [];
  const percent = numberIn(step, 'call', 'probability');
  return [
    { kind: 'call', service, probability: percent === null ? 1 : Math.min(1, percent / 100), at: document.at(path) },
  ];
}

/** `0.5%`, or a number of 0..1. */
function share(value: PlainValue | undefined): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value.trim()) : null;
  return percent === null ? 0 : Number(percent[1]) / 100;
}
