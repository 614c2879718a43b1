// Reading the survey's parts from resources and loose objects: pods of workloads, ports of services.
// kubernetes: batch/v1 Job and CronJob (their pods only send); istio: ServiceEntry hosts.

import type { SourcePosition } from '../../models/config/diagnostic.js';
import { isPlainMap, type PlainMap, type PlainValue } from '../../models/config/document.js';
import type { Container } from '../../models/config/kinds/container.js';
import { NO_LIFECYCLE } from '../../models/config/kinds/lifecycle.js';
import type { PodTemplate } from '../../models/config/kinds/pod-template.js';
import type { ResourceSet } from '../../models/config/load.js';
import type { FieldPath } from '../../models/config/resource.js';
import { entryPortProtocol, servicePortProtocol } from '../../models/plan/terms/protocol.js';
import { selects } from '../../models/plan/terms/visibility.js';
import { lookup } from '../../sim/lookup.js';
import { dig, type LooseObject, labelsIn, listIn, textIn, textsIn } from './loose.js';
import type { Service, Workload } from './surveyed.js';

/** Everything that runs pods: what the simulator knows first, then Jobs, which it does not. */
export function workloadsOf(resources: ResourceSet, objects: readonly LooseObject[]): Workload[] {
  const template: FieldPath = ['spec', 'template', 'spec'];
  const sets = [
    ...[
      ...resources.deployments,
      ...resources.statefulSets,
      ...resources.replicaSets.filter(({ owner }) => owner === null),
      ...resources.replicationControllers,
      ...resources.rollouts.filter(({ spec }) => spec.workloadRef === null),
    ].map((set) => ({
      set,
      replicas: set.spec.replicas ?? 1,
      podPath: template,
    })),
    ...resources.daemonSets.map((set) => ({ set, replicas: 1, podPath: template })),
    ...resources.pods
      .filter(({ owner }) => owner === null)
      .map((set) => ({ set, replicas: 1, podPath: ['spec'] as FieldPath })),
  ];
  const byPlace = new Map(objects.map((object) => [placeKey(object.at([])), object]));
  const known = sets.map(({ set, replicas, podPath }): Workload => {
    const pod: PodTemplate = set.spec.template;
    const spec = dig(byPlace.get(placeKey(set.source.at([])))?.value, ...podPath);
    return {
      label: `${set.kind} ${set.name}`,
      name: set.name,
      namespace: set.namespace,
      labels: pod.labels,
      serviceAccount: textIn(spec, 'serviceAccountName') ?? textIn(spec, 'serviceAccount') ?? pod.serviceAccountName,
      replicas,
      containers: pod.containers,
      podPath,
      podSpec: typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? (spec as PlainMap) : null,
      isSimulated: true,
      at: (path) => set.source.at(path),
    };
  });
  return [...known, ...objects.flatMap(jobOf)];
}

const JOB_PODS: Readonly<Record<string, FieldPath>> = {
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** A Job's pods: a load generator often is one. */
function jobOf(object: LooseObject): Workload[] {
  const template = object.group === 'batch' ? lookup(JOB_PODS, object.kind) : undefined;
  if (template === undefined) return [];
  const podPath = [...template, 'spec'];
  const spec = dig(object.value, ...podPath);
  if (!isPlainMap(spec)) return [];
  return [
    {
      label: `${object.kind} ${object.name}`,
      name: object.name,
      namespace: object.namespace,
      labels: labelsIn(object.value, ...template, 'metadata', 'labels'),
      serviceAccount: textIn(spec, 'serviceAccountName') ?? textIn(spec, 'serviceAccount') ?? 'default',
      replicas: 1,
      containers: listIn(spec, 'containers').map(looseContainer),
      podPath,
      podSpec: spec,
      isSimulated: false,
      at: (path) => object.at(path),
    },
  ];
}

function looseContainer(value: PlainValue): Container {
  return {
    name: textIn(value, 'name') ?? '',
    image: textIn(value, 'image') ?? '',
    command: textsIn(value, 'command'),
    args: textsIn(value, 'args'),
    env: listIn(value, 'env').map((variable) => ({
      name: textIn(variable, 'name') ?? '',
      value: textIn(variable, 'value'),
    })),
    ports: [],
    resources: { cpuRequestMillis: null, cpuLimitMillis: null, memoryRequestBytes: null, memoryLimitBytes: null },
    restartPolicy: null,
    startupProbe: null,
    readinessProbe: null,
    livenessProbe: null,
    lifecycle: NO_LIFECYCLE,
  };
}

function placeKey({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}

export function kubernetesServices(resources: ResourceSet, workloads: readonly Workload[]): Service[] {
  return resources.services.flatMap((resource): Service[] => {
    const { spec, name, namespace } = resource;
    if (spec.type === 'ExternalName') return [];
    const hasSelector = Object.keys(spec.selector).length > 0;
    const pods = hasSelector
      ? workloads.filter((workload) => workload.namespace === namespace && selects(spec.selector, workload.labels))
      : [];
    const isSelected = pods.some(({ replicas, isSimulated }) => replicas > 0 && isSimulated);
    return [
      {
        name,
        namespace,
        key: `${name}.${namespace}`,
        source: 'kubernetes',
        external: false,
        exportTo: namesIn(resource.annotations['networking.istio.io/exportTo'] ?? ''),
        type: spec.type,
        ports: spec.ports.map((port) => ({
          number: port.port,
          name: port.name,
          protocol: servicePortProtocol(port.name, port.appProtocol, port.port, port.protocol),
          target: port.targetPort,
        })),
        workloads: pods,
        isThere: isSelected || (hasSelector ? isMachine(resource, resources) : hasEndpoints(resource, resources)),
        at: resource.source.at([]),
      },
    ];
  });
}

type ServiceResource = ResourceSet['services'][number];

/** Addresses that are written by hand. */
function hasEndpoints({ name, namespace }: ServiceResource, { endpoints, endpointSlices }: ResourceSet): boolean {
  return [...endpoints, ...endpointSlices].some(
    (own) => own.namespace === namespace && own.spec.service === name && own.spec.addresses.length > 0,
  );
}

function isMachine({ spec, namespace }: ServiceResource, { workloadEntries }: ResourceSet): boolean {
  return workloadEntries.some((entry) => entry.namespace === namespace && selects(spec.selector, entry.spec.labels));
}

export function entryServices(resources: ResourceSet): Service[] {
  return resources.serviceEntries.flatMap(({ spec, namespace, source }) =>
    spec.hosts.map(
      (host): Service => ({
        name: host,
        namespace,
        key: host,
        source: 'entry',
        external: spec.location === 'MESH_EXTERNAL',
        exportTo: spec.exportTo,
        type: 'ClusterIP',
        ports: spec.ports.map((port) => ({
          number: port.number,
          name: port.name,
          protocol: entryPortProtocol(port.protocol, port.number),
          target: port.targetPort ?? port.number,
        })),
        workloads: [],
        isThere: true,
        at: source.at([]),
      }),
    ),
  );
}

/** `name.namespace` of an ExternalName Service → the host that it stands for. */
export function aliasesOf(resources: ResourceSet): ReadonlyMap<string, string> {
  return new Map(
    resources.services
      .filter(({ spec }) => spec.type === 'ExternalName')
      .map(({ name, namespace, spec }) => [`${name}.${namespace}`, spec.externalName.toLowerCase().replace(/\.$/, '')]),
  );
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
