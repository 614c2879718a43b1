// An isotope topology as a draft: the services that its converter would make of it, and each script as the steps of a service.
// istio/tools: isotope/convert/pkg/kubernetes (a Service and a Deployment for each, port 8080, namespace service-graph).

import { parseDurationNs } from '../../document/words.js';
import type { FoundCall } from '../call.js';
import { cutCycles } from '../cycles.js';
import type { ScriptStep, Topology, TopologyService } from '../discover/isotope.js';
import type { FoundEntry } from '../entries/entry.js';
import type { LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import { CallTree } from './demands.js';
import type { Draft, DraftBehaviour, DraftStep } from './draft.js';
import { draftTraffic } from './traffic.js';

const NAMESPACE = 'service-graph';
const PORT = 8080;
/** What the mock service spends on a request beside its script. */
const WORK = 'lognormal(mean=0.5ms, cv=0.66)';
const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Kubernetes objects for the services of a topology, each one line of YAML; services whose names Kubernetes would refuse are left out. */
export function topologyObjects({ services }: Topology): readonly string[] {
  const known = services.filter(({ name }) => NAME.test(name));
  return [
    `{ apiVersion: v1, kind: Namespace, metadata: { name: ${NAMESPACE}, labels: { istio-injection: enabled } } }`,
    ...known.flatMap(({ name, replicas, isGrpc }) => {
      const id = JSON.stringify(name);
      const metadata = `metadata: { name: ${id}, namespace: ${NAMESPACE} }`;
      const labels = `{ app: ${id} }`;
      const port = `{ name: ${isGrpc ? 'grpc' : 'http'}, port: ${PORT} }`;
      const pod = `{ metadata: { labels: ${labels} }, spec: { containers: [{ name: isotope, image: isotope }] } }`;
      return [
        `{ apiVersion: v1, kind: Service, ${metadata}, spec: { selector: ${labels}, ports: [${port}] } }`,
        `{ apiVersion: apps/v1, kind: Deployment, ${metadata}, spec: { replicas: ${replicas}, selector: { matchLabels: ${labels} }, template: ${pod} } }`,
      ];
    }),
  ];
}

/** The draft of the first topology; `survey` holds its objects. null: nothing is marked as the entry. */
export function topologyDraft([topology, ...others]: readonly Topology[], survey: Survey): Draft | null {
  if (topology === undefined) return null;
  const found = topology.services.flatMap((service) => callsOf(service, service.script, survey));
  const acyclic = cutCycles(found, survey);
  const kept = new Set(acyclic.calls.map(edgeOf));
  const tree = new CallTree(survey, acyclic.calls);
  const entries = topology.services.flatMap((service) => entryOf(service, survey));
  const traffic = draftTraffic(entries, [], tree);
  if (traffic.length === 0) return null;
  const reached = new Set(tree.reachedFrom(entries.flatMap(({ service }) => service ?? [])).map(({ name }) => name));
  const leftOut = others.map(({ at }): LeftOut => ({ text: 'another topology: init takes one file at a time', at }));
  const unreached = survey.services.filter(({ name }) => !reached.has(name)).map(({ key }) => key);
  return {
    name: NAMESPACE,
    runSeconds: null,
    traffic,
    behaviours: topology.services
      .filter(({ name }) => reached.has(name))
      .map((service) => behaviourOf(service, (to) => kept.has(`${service.name} ${to}`))),
    edges: [
      ...new Map(
        acyclic.calls.map((call) => [edgeOf(call), { from: `${call.from.name}.${NAMESPACE}`, to: call.to.key }]),
      ).values(),
    ],
    callCount: new Set(acyclic.calls.map(edgeOf)).size,
    leftOut: [...acyclic.leftOut, ...leftOut],
    uncalled: unreached,
    unreached,
    serviceCount: survey.services.length,
    objects: topologyObjects(topology),
  };
}

function edgeOf({ from, to }: FoundCall): string {
  return `${from.name} ${to.name}`;
}

function callsOf(service: TopologyService, script: readonly ScriptStep[], survey: Survey): FoundCall[] {
  return script.flatMap((step) => callsIn(service, step, survey));
}

function callsIn(service: TopologyService, step: ScriptStep, survey: Survey): FoundCall[] {
  switch (step.kind) {
    case 'sleep':
      return [];
    case 'parallel':
      return callsOf(service, step.steps, survey);
    case 'call': {
      const from = survey.workloads.find(({ name }) => name === service.name);
      const to = survey.resolve(step.service, NAMESPACE)?.service;
      if (from === undefined || to === undefined) return [];
      const evidence = { kind: 'isotope', confidence: 'high', text: `script of ${service.name}`, at: step.at } as const;
      return [{ from, to, port: PORT, host: to.name, path: null, method: null, evidence }];
    }
  }
}

function entryOf({ name, isEntry, at }: TopologyService, survey: Survey): FoundEntry[] {
  const service = isEntry ? survey.resolve(name, NAMESPACE)?.service : undefined;
  if (service === undefined) return [];
  const request = { method: 'GET', path: '/', headers: {}, service, destination: service.key };
  return [
    {
      to: `http://${service.key}:${PORT}`,
      service,
      requests: [request],
      text: `${name} is the entry point of the topology`,
      at,
      caveat: null,
    },
  ];
}

function behaviourOf(service: TopologyService, isKept: (to: string) => boolean): DraftBehaviour {
  const work: DraftStep = { kind: 'work', fields: [['cpu', WORK]] };
  return {
    section: 'services',
    name: `${service.name}.${NAMESPACE}`,
    note: { text: 'a mock service of isotope', at: service.at },
    steps: [work, ...service.script.flatMap((step) => stepOf(service, step, isKept))],
    isReached: true,
    suggestions: [],
    errorShare: service.errorRate,
  };
}

function stepOf(service: TopologyService, step: ScriptStep, isKept: (to: string) => boolean): DraftStep[] {
  switch (step.kind) {
    case 'sleep':
      return parseDurationNs(step.duration) === null ? [] : [{ kind: 'work', fields: [['wait', step.duration]] }];
    case 'call':
      if (!isKept(step.service)) return [];
      return [
        {
          kind: 'call',
          to: `${step.service}:${PORT}`,
          path: null,
          method: null,
          probability: step.probability,
          note: { text: `script of ${service.name}`, at: step.at },
        },
      ];
    case 'parallel': {
      const steps = step.steps.flatMap((inner) => stepOf(service, inner, isKept));
      return steps.length === 0 ? [] : [{ kind: 'parallel', steps }];
    }
  }
}
