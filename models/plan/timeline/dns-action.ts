// What a name resolves to, with the name settled: the addresses of a ServiceEntry that proxies resolve, each that of a pod of what stands for it.
import type { DnsActionPlan } from '../contract/timeline-plan.js';
import type { DnsInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import { indicesOf, type TimelineParts } from './parts.js';

/** null, with an error at its place, where no proxy resolves the name, or it has fewer addresses. */
export function dnsAction({ host, answers, ttlSeconds }: DnsInput, parts: TimelineParts): DnsActionPlan | null {
  const { registry, findings, podsOf } = parts;
  const isResolved = ({ discovery, source }: { discovery: string; source: string }) =>
    source === 'entry' && discovery === 'dns';
  const service = registry.named(host.name).find(isResolved);
  if (service === undefined || service.endpoints.length === 0) {
    const known = registry.services.filter(isResolved).map((one) => one.host);
    const near = suggestion(host.name, known);
    const problem = `no proxy resolves ${host.name}: it is no host of a ServiceEntry with resolution DNS`;
    findings.error('host-not-found', host.at, problem, near);
    return null;
  }
  const workloads = service.endpoints.map(({ workload }) => workload);
  const addresses = workloads.reduce((count, workload) => count + podsOf(workload).length, 0);
  if (answers.count !== 'fails' && answers.count > addresses) {
    const have = addresses === 1 ? 'one address' : `${addresses} addresses`;
    const help = `more replicas of the workload ${workloads[0]!.name} are more addresses`;
    findings.error('no-pod-matches', answers.at, `${host.name} has ${have}`, help);
    return null;
  }
  const isLogical = service.logicalDns === true;
  return { kind: 'dns', workloads: indicesOf(workloads), isLogical, answers: answers.count, ttlSeconds };
}
