// ST2401: callers without a sidecar in front of STRICT servers.
import { NONE } from '../../plan/contract/plan.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textAt } from '../plain-access.js';
import { containersOf, isAmbient, type LintPod } from '../pods.js';
import type { Rule } from '../rule.js';
import { mtlsOf } from './mutual-tls.js';

export const unmeshedCaller: Rule = {
  code: 'ST2401',
  name: 'UnmeshedCaller',
  title: 'a caller outside the mesh of a server that takes mTLS only',
  severity: 'error',
  why: 'STRICT resets plain text. A caller without a sidecar has no certificate: each of its calls is a connection reset, with nothing in the access log that says why.',
  help: 'give the caller a sidecar, or set mode: PERMISSIVE for the server until it has one',
  source: 'istio: pilot/pkg/security/authn/policy_applier.go; pilot/pkg/networking/core/listener_inbound.go',
  check(mesh, report) {
    const told = new Set<string>();
    const tell = (policy: LintObject, caller: string, server: string): void => {
      if (told.has(`${policy.title} ${caller} ${server}`)) return;
      told.add(`${policy.title} ${caller} ${server}`);
      report(
        policy,
        ['spec', 'mtls', 'mode'],
        `${caller} has no sidecar and calls ${server}, which is STRICT: its connections are reset`,
      );
    };
    byPlan(mesh, tell);
    byEnvironment(mesh, tell);
  },
};

type Tell = (policy: LintObject, caller: string, server: string) => void;

/** Calls that the scenario names. */
function byPlan(mesh: LintMesh, tell: Tell): void {
  const { plan } = mesh;
  if (plan === null) return;
  for (const { caller, cluster } of mesh.traffic?.flows ?? []) {
    const from = plan.workloads[caller]!;
    if (from.proxy !== null || from.kind !== 'app' || cluster === NONE) continue;
    for (const { workload } of plan.clusters[cluster]!.groups) {
      const to = plan.workloads[workload]!;
      const pod = mesh.podsOf(to.namespace, to.name)[0];
      if (pod === undefined || !mesh.isInMesh(pod)) continue;
      const { mode, policy } = mtlsOf(mesh, pod.namespace, pod.labels);
      if (mode === 'STRICT' && policy !== null) tell(policy, from.name, to.name);
    }
  }
}

/** Calls that the environment and the arguments of a container give away: `http://catalogue.shop:8080`. */
function byEnvironment(mesh: LintMesh, tell: Tell): void {
  const outside = mesh.pods.filter(
    (pod) => !mesh.isInMesh(pod) && !isAmbient(pod) && mesh.namespace(pod.namespace) !== null,
  );
  if (outside.length === 0) return;
  for (const service of mesh.services) {
    const servers = mesh.podsBehind(service).filter((pod) => mesh.isInMesh(pod));
    const strict = servers.map((pod) => mtlsOf(mesh, pod.namespace, pod.labels)).find(({ mode }) => mode === 'STRICT');
    if (strict === undefined || strict.policy === null) continue;
    for (const pod of outside) if (namesHost(pod, service)) tell(strict.policy, pod.object.name, service.name);
  }
}

function namesHost(pod: LintPod, service: LintObject): boolean {
  const long = `${service.name}.${service.namespace}`;
  return containersOf(pod).some((container) => {
    const texts = [
      ...listAt(container, 'env').map((entry) => textAt(entry, 'value') ?? ''),
      ...[...listAt(container, 'args'), ...listAt(container, 'command')].filter((item) => typeof item === 'string'),
    ];
    return texts.some((text) => {
      const host = /^(?:\w+:\/\/)?([\w.-]+)(?::\d+)?(?:\/.*)?$/.exec(text)?.[1] ?? '';
      return (
        host === long ||
        host.startsWith(`${long}.svc`) ||
        (host === service.name && pod.namespace === service.namespace && text.includes(':'))
      );
    });
  });
}
