// Who wrote the limits of a workload: its object, annotations, DestinationRules, the mesh, the scenario.
import type { FieldPath } from '../../config/resource.js';
import type { FieldSource, WorkloadSources } from '../contract/sources.js';
import { configSource } from '../linkerd/config-source.js';
import { type LinkerdLimit, linkerdLimit } from '../linkerd/proxy-plan.js';
import type { Workload } from '../registry/workload.js';
import { limitSources } from '../settings/cluster-sources.js';
import { containerLimit, ISTIO_CONTAINER, proxyLimit } from '../settings/proxy-limits.js';
import { wholeAt, writtenAt } from '../terms/field-source.js';
import { PROXY_CONFIG, placedConcurrency } from './concurrency.js';
import { inboundPool } from './inbound-pools.js';
import { appLimit, type WorkloadParts } from './workload-plan.js';

type Amount = 'cpu' | 'memory';

export function workloadSources(workload: Workload, parts: WorkloadParts): WorkloadSources {
  const { behaviours } = parts;
  const isApp = workload.kind === 'app' || workload.kind === 'external';
  const scenario = isApp ? behaviours.of(workload).sources : undefined;
  const replicas = behaviours.ofReplicas(workload)?.sources?.replicas;
  const { connections, pendingRequests, requests } = limitSources({ connectionPool: inboundPool(workload, parts) });
  return {
    object: objectOf(workload),
    replicas: replicas ?? workload.text?.replicas ?? null,
    cpuLimit: workload.kind === 'app' ? appSource(workload, 'cpu') : null,
    memoryLimit: isApp ? appSource(workload, 'memory') : null,
    proxyCpuLimit: proxySource(workload, 'cpu', parts),
    proxyMemoryLimit: proxySource(workload, 'memory', parts),
    proxyConcurrency: concurrencySource(workload, parts),
    inbound: { maxConnections: connections, maxPendingRequests: pendingRequests, maxRequests: requests },
    workers: scenario?.workers ?? null,
    queue: scenario?.queue ?? null,
    work: scenario?.work ?? null,
    errors: scenario?.errors ?? null,
  };
}

function objectOf({ text, resource, position }: Workload): FieldSource | null {
  if (text !== undefined && text.template.length === 0) return wholeAt(text.holder);
  return position === null ? null : { object: resource, field: '', value: '', position };
}

/** A field of the template of the pods. */
function inTemplate({ text }: Workload, path: FieldPath, field?: string): FieldSource | null {
  return text === undefined ? null : writtenAt(text.holder, [...text.template, ...path], field);
}

/** Of several containers the largest, by its name. */
function appSource(workload: Workload, amount: Amount): FieldSource | null {
  const limit = appLimit(workload, amount);
  if (limit === null) return null;
  const { containers, largest } = limit;
  const name = workload.pod?.containers[largest]?.name ?? '';
  const field = containers === 1 ? undefined : `containers[${name}] limits.${amount}`;
  return inTemplate(workload, ['spec', 'containers', largest, 'resources', 'limits', amount], field);
}

function proxySource(workload: Workload, amount: Amount, { input, mesh }: WorkloadParts): FieldSource | null {
  const { kind, pod, linkerd, hasSidecar } = workload;
  if (linkerd !== undefined) {
    const limit = linkerdLimit(pod, linkerd, amount);
    if (limit?.place === 'annotation') return configSource(workload, `proxy-${amount}-limit`, input.resources);
    return placeSource(workload, limit?.place ?? 'mesh', null);
  }
  if (kind === 'ztunnel')
    return placeSource(workload, containerLimit(pod, ISTIO_CONTAINER, amount)?.place ?? 'mesh', null);
  // The proxy of a machine has no container with a limit.
  if (kind === 'external' || kind === 'client' || !hasSidecar) return null;
  const injected = amount === 'cpu' ? mesh.proxyCpuLimitMillis : mesh.proxyMemoryLimitBytes;
  const ofMesh = amount === 'cpu' ? mesh.sources.proxyCpuLimit : mesh.sources.proxyMemoryLimit;
  return placeSource(workload, proxyLimit(pod, amount, injected).place, ofMesh);
}

function placeSource(
  workload: Workload,
  place: Exclude<LinkerdLimit['place'], 'annotation'>,
  mesh: FieldSource | null,
): FieldSource | null {
  if (place === 'mesh') return mesh;
  const isContainer = place[0] === 'spec';
  return inTemplate(workload, place, isContainer ? `istio-proxy limits.${String(place.at(-1))}` : undefined);
}

function concurrencySource(workload: Workload, { input, mesh }: WorkloadParts): FieldSource | null {
  if (!workload.hasSidecar || workload.kind === 'ztunnel') return null;
  const { value, place } = placedConcurrency(workload, input.resources, mesh);
  if (value === null) return null;
  switch (place) {
    case 'mesh':
      return mesh.sources.concurrency;
    case 'annotation':
      return (
        inTemplate(workload, ['metadata', 'annotations', PROXY_CONFIG, 'concurrency']) ??
        inTemplate(workload, ['metadata', 'annotations', PROXY_CONFIG])
      );
    default:
      return writtenAt(place.source, ['spec', 'concurrency']);
  }
}
