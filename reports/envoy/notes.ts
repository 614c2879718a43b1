// What differs between the plan of a workload's proxy and the bootstrap that is written of it.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { HASH_HEADER, hashKeys } from './route.js';

/** One sentence each. @param used indices of its clusters */
export function notesOf(plan: MeshPlan, workload: number, used: readonly number[]): string[] {
  const notes = [
    'Matchers of the VirtualServices are settled in the plan: the header x-seatrial-call says which call a request is.',
    'Endpoints are plain addresses of this machine; network delays and the proxies beside the servers are not in it.',
  ];
  const { proxy, podLocalities } = plan.workloads[workload];
  if (proxy !== null)
    notes.push(`The workload's proxy has ${proxy.workers} worker threads: envoy --concurrency ${proxy.workers}.`);
  else notes.push('The workload has no sidecar: what its application calls by itself stands here as plain routes.');
  if (new Set(podLocalities).size > 1) notes.push('Endpoints are ranked as the first pod of the workload sees them.');
  if (hashesText(plan, workload))
    notes.push(`What a consistent hash looks at is the text of the headers ${HASH_HEADER}-0, -1 …`);
  if (plan.sites.some(({ caller, route }) => caller === workload && route.connections !== null))
    notes.push(
      'Calls that go by connections of their caller in the mesh (TCP, no sidecar) stand here as routes of HTTP.',
    );
  for (const index of used)
    notes.push(...clusterNotes(plan.clusters[index]).map((note) => `${plan.clusters[index].name}: ${note}`));
  return notes;
}

function hashesText(plan: MeshPlan, workload: number): boolean {
  return plan.sites.some(
    ({ caller, route: { action } }) =>
      caller === workload && action.kind === 'forward' && hashKeys(action).some(({ kind }) => kind === 'text'),
  );
}

function clusterNotes({ tls, reachable, balancer, groups }: MeshPlan['clusters'][number]): string[] {
  return [
    ...(tls.mode === 'none' ? [] : [`speaks ${tls.mode} in the mesh and plain text here.`]),
    ...(groups.some(({ passage }) => passage !== null)
      ? ['a gateway between networks answers here in the place of the pods behind it.']
      : []),
    ...(reachable === 'yes' ? [] : [`its connections fail in the mesh (${reachable}) and not here.`]),
    ...(balancer.policy === 'peak_ewma'
      ? ['balances by Linkerd’s estimate in the mesh, and by least request here.']
      : []),
  ];
}
