// Traffic sources: who sends, at what rate, and the site of each request.

import type { TrafficPlan } from '../contract/plan.js';
import { workloadNames } from '../registry/named.js';
import type { Registry } from '../registry/registry.js';
import type { Workload, Workloads } from '../registry/workload.js';
import type { Dialer } from '../routes/dial.js';
import type { TrafficInput } from '../settings/input.js';
import type { Findings } from '../terms/findings.js';
import { suggestion } from '../terms/nearest.js';
import type { Graph } from './graph.js';
import { outgoingRequest } from './programs.js';

/** The plan of a source; null, with an error, where its target or its sender does not exist. */
export function trafficPlan(
  traffic: TrafficInput,
  graph: Graph,
  workloads: Workloads,
  registry: Registry,
  findings: Findings,
  podsOf: (workload: Workload) => readonly unknown[],
): TrafficPlan | null {
  const client =
    traffic.from === null
      ? outsideClient(traffic, workloads)
      : sender(traffic, traffic.from, workloads, registry, findings);
  if (client === null) return null;
  if (podsOf(client).length === 0) warnOfNoPods(traffic, client, findings);
  const dialer: Dialer = traffic.from === null ? { namespace: null, hasSidecar: false } : graph.dialerOf(client);
  const dial = graph.directory.resolve(traffic.to, traffic.toAt, dialer);
  if (dial === null) return null;
  return {
    name: traffic.name,
    client: client.index,
    arrival: traffic.arrival,
    requests: traffic.requests.map((request) => ({
      name: request.name,
      weight: request.weight,
      site: graph.site({
        caller: client,
        fromName: traffic.name,
        dial,
        request: outgoingRequest(dial, request.method, request.path, request.headers, request.requestBytes),
        label: request.name,
        at: request.at,
      }),
      timeoutNs: request.timeoutNs,
      expect: request.expect ?? null,
      attributes: request.attributes ?? [],
    })),
  };
}

function warnOfNoPods(
  { name, fromAt, at }: TrafficInput,
  { resource, name: workload, namespace }: Workload,
  findings: Findings,
): void {
  findings.warning(
    'traffic-without-pods',
    fromAt ?? at,
    `${name} is sent by ${resource}, which has no pods: nothing is sent`,
    `raise its replicas, or give it some: \`workloads: { ${workload}.${namespace}: { replicas: 1 } }\` in the scenario`,
  );
}

function outsideClient(traffic: TrafficInput, workloads: Workloads): Workload {
  return workloads.addOutside({
    name: traffic.name,
    namespace: '',
    kind: 'client',
    resource: `Traffic ${traffic.name}`,
    position: traffic.at,
  });
}

/** `from` names a workload, or a service of which the first workload sends. */
function sender(
  traffic: TrafficInput,
  name: string,
  workloads: Workloads,
  registry: Registry,
  findings: Findings,
): Workload | null {
  const found = workloads.named(name);
  const byService = registry.named(name);
  const candidates =
    found.length > 0 ? found : byService.flatMap((service) => service.endpoints.map(({ workload }) => workload));
  const namespaces = [...new Set(candidates.map((workload) => workload.namespace))];
  if (namespaces.length > 1) {
    findings.error(
      'ambiguous-name',
      traffic.fromAt,
      `${name} means workloads in several namespaces: ${namespaces.join(', ')}`,
      `write ${name}.${namespaces[0]}`,
    );
    return null;
  }
  if (candidates[0] !== undefined) return candidates[0];
  findings.error(
    'workload-not-found',
    traffic.fromAt,
    `no workload is named ${name}`,
    suggestion(name, workloadNames(workloads)),
  );
  return null;
}
