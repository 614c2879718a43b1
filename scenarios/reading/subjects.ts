// What a threshold or an SLO may look at, by name: traffic, requests, services, edges.

import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { nearestName } from '../../sim/nearest.js';
import type { Subject } from './scenario.js';
import { serviceNames } from './service-names.js';

export interface SubjectNames {
  readonly traffic: readonly { readonly name: string; readonly requests: readonly string[] }[];
  readonly services: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export type SubjectReading = { readonly subject: Subject } | { readonly error: string; readonly hint: string };

export function subjectNames(plan: MeshPlan): SubjectNames {
  const names = serviceNames(plan);
  return {
    traffic: plan.traffic.map(({ name, requests }) => ({ name, requests: requests.map((request) => request.name) })),
    services: [...new Set(names.filter((_, i) => plan.workloads[i].kind !== 'client'))],
    edges: plan.edges.map(({ fromName, toName }) => ({ from: fromName, to: toName })),
  };
}

/** `` = all traffic; `shoppers`, `home`, `shoppers.home`, `service:cart`, `edge:frontend->cart`. */
export function readSubject(text: string, names: SubjectNames): SubjectReading {
  if (text === '') return { subject: { kind: 'all' } };
  const service = /^service:\s*(.+)$/.exec(text);
  if (service !== null) return readService(service[1], names);
  const edge = /^edge:\s*(.+?)\s*->\s*(.+)$/.exec(text);
  if (edge !== null) return readEdge(edge[1], edge[2], names);
  return readClient(text, names);
}

function readService(name: string, { services }: SubjectNames): SubjectReading {
  const service = services.includes(name) ? name : services.find((known) => known === name.split('.')[0]);
  return service === undefined ? unknown('service', name, services) : { subject: { kind: 'service', service } };
}

function readEdge(from: string, to: string, { edges }: SubjectNames): SubjectReading {
  if (edges.some((edge) => edge.from === from && edge.to === to)) return { subject: { kind: 'edge', from, to } };
  const known = edges.map((edge) => `${edge.from}->${edge.to}`);
  return unknown('edge', `${from}->${to}`, known);
}

function readClient(text: string, { traffic }: SubjectNames): SubjectReading {
  const source = traffic.findIndex(({ name }) => name === text);
  if (source >= 0) return { subject: { kind: 'traffic', traffic: source } };
  const requests = traffic.flatMap(({ name, requests: own }, i) =>
    own.map((request, j) => ({ full: `${name}.${request}`, short: request, traffic: i, request: j })),
  );
  const found = requests.filter(({ full, short }) => full === text || short === text);
  if (found.length === 1) return { subject: { kind: 'request', traffic: found[0].traffic, request: found[0].request } };
  if (found.length > 1) {
    return {
      error: `${JSON.stringify(text)} is a request of several traffic sources`,
      hint: `write one of ${found.map(({ full }) => full).join(', ')}`,
    };
  }
  return unknown('traffic source or request', text, [
    ...traffic.map(({ name }) => name),
    ...requests.map(({ short }) => short),
  ]);
}

function unknown(what: string, name: string, known: readonly string[]): SubjectReading {
  const nearest = nearestName(name, known);
  const list = known.length === 0 ? 'there is none' : `known: ${[...new Set(known)].slice(0, 12).join(', ')}`;
  return {
    error: `there is no ${what} ${JSON.stringify(name)}`,
    hint: nearest === null ? list : `did you mean ${JSON.stringify(nearest)}?`,
  };
}
