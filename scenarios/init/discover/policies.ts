// Calls by permission: who may call whom, where a policy names both sides. A policy that opens a service to many says nothing about one.
// istio: security/v1/authorization_policy.proto; kubernetes: networking/v1 NetworkPolicy; cilium: pkg/policy/api/rule.go;
// istio: networking/v1/sidecar.proto.
import type { PlainValue } from '../../../models/config/document.js';
import type { FieldPath } from '../../../models/config/resource.js';
import type { FoundCall } from '../call.js';
import type { Evidence, EvidenceKind, LeftOut } from '../evidence.js';
import { dig, type LooseObject, labelsIn, listIn, textIn, textsIn } from '../loose.js';
import type { Survey } from '../survey.js';
import type { Labels, Service, Workload } from '../surveyed.js';
import { portOf } from './dialed.js';
import { classifyWorkload } from './service-kind.js';

export interface Allowed {
  readonly calls: readonly FoundCall[];
  readonly leftOut: readonly LeftOut[];
}

export function allowedCalls(survey: Survey): Allowed {
  const reader = new PolicyReader(survey);
  for (const policy of survey.kind('security.istio.io', 'AuthorizationPolicy')) reader.authorization(policy);
  for (const policy of survey.kind('networking.k8s.io', 'NetworkPolicy')) reader.network(policy);
  for (const policy of survey.kind('cilium.io', 'CiliumNetworkPolicy')) reader.cilium(policy);
  for (const sidecar of survey.kind('networking.istio.io', 'Sidecar')) reader.sidecar(sidecar);
  return reader;
}

/** What is asked of the far side. */
interface Request {
  readonly ports: readonly number[];
  readonly path: string | null;
  readonly method: string | null;
}

const ANY_REQUEST: Request = { ports: [], path: null, method: null };

class PolicyReader implements Allowed {
  readonly calls: FoundCall[] = [];
  readonly leftOut: LeftOut[] = [];

  constructor(private readonly survey: Survey) {}

  /** Principals (service accounts) that an ALLOW policy admits to the workloads that it selects. */
  authorization(policy: LooseObject): void {
    const action = textIn(policy.value, 'spec', 'action') ?? 'ALLOW';
    const home = this.survey.home(policy.namespace);
    if (action !== 'ALLOW' || home === null) return;
    const targets = this.survey.selected(labelsIn(policy.value, 'spec', 'selector', 'matchLabels'), home.namespace);
    listIn(policy.value, 'spec', 'rules').forEach((rule, i) => {
      listIn(rule, 'from').forEach((from, j) => {
        textsIn(from, 'source', 'principals').forEach((principal, k) => {
          const path = ['spec', 'rules', i, 'from', j, 'source', 'principals', k];
          const identity = /^[^*]*\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(principal);
          if (identity === null) return;
          const callers = this.withAccount(identity[1]!, identity[2]!);
          this.add('authorization-policy', policy, path, callers, targets, requestOf(rule), home.lenient);
        });
      });
    });
  }

  private withAccount(namespace: string, account: string): readonly Workload[] {
    const home = this.survey.home(namespace);
    if (home === null) return [];
    return this.survey.workloads.filter(
      (workload) => workload.namespace === home.namespace && workload.serviceAccount === account,
    );
  }

  network(policy: LooseObject): void {
    const home = this.survey.home(policy.namespace);
    if (home === null) return;
    const own = this.survey.selected(labelsIn(policy.value, 'spec', 'podSelector', 'matchLabels'), home.namespace);
    for (const [direction, side] of [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const) {
      listIn(policy.value, 'spec', direction).forEach((rule, i) => {
        const ports = listIn(rule, 'ports').map((port) => dig(port, 'port'));
        listIn(rule, side).forEach((peer, j) => {
          const path = ['spec', direction, i, side, j];
          const others = this.peers(peer, home.namespace);
          const [callers, targets] = side === 'from' ? [others, own] : [own, others];
          this.add(
            'network-policy',
            policy,
            path,
            callers,
            targets,
            { ...ANY_REQUEST, ports: numbers(ports) },
            home.lenient,
          );
        });
      });
    }
  }

  private peers(peer: PlainValue, namespace: string): readonly Workload[] {
    const labels = labelsIn(peer, 'podSelector', 'matchLabels');
    if (dig(peer, 'namespaceSelector') === undefined) return this.survey.selected(labels, namespace);
    const name = labelsIn(peer, 'namespaceSelector', 'matchLabels')['kubernetes.io/metadata.name'];
    const home = name === undefined ? null : this.survey.home(name);
    return home === null ? [] : this.survey.selected(labels, home.namespace);
  }

  cilium(policy: LooseObject): void {
    const home = this.survey.home(policy.namespace);
    if (home === null) return;
    const own = this.survey.selected(ciliumLabels(dig(policy.value, 'spec', 'endpointSelector')), home.namespace);
    for (const [direction, side] of [
      ['ingress', 'fromEndpoints'],
      ['egress', 'toEndpoints'],
    ] as const) {
      listIn(policy.value, 'spec', direction).forEach((rule, i) => {
        listIn(rule, side).forEach((peer, j) => {
          const others = this.survey.selected(ciliumLabels(peer), home.namespace);
          const [callers, targets] = side === 'fromEndpoints' ? [others, own] : [own, others];
          const path = ['spec', direction, i, side, j];
          this.add('network-policy', policy, path, callers, targets, ciliumRequest(rule), home.lenient);
        });
      });
    }
  }

  /** Hosts that a Sidecar makes visible to the workloads that it selects, one by one. */
  sidecar(sidecar: LooseObject): void {
    const home = this.survey.home(sidecar.namespace);
    if (home === null) return;
    const callers = this.survey.selected(labelsIn(sidecar.value, 'spec', 'workloadSelector', 'labels'), home.namespace);
    listIn(sidecar.value, 'spec', 'egress').forEach((listener, i) => {
      textsIn(listener, 'hosts').forEach((host, j) => {
        const name = host.slice(host.indexOf('/') + 1);
        if (name.includes('*')) return;
        const found = this.survey.resolve(name, home.namespace);
        if (found === null) return;
        const lenient = home.lenient || found.lenient;
        this.call('sidecar', sidecar, ['spec', 'egress', i, 'hosts', j], callers, found.service, ANY_REQUEST, lenient);
      });
    });
  }

  private add(
    kind: EvidenceKind,
    policy: LooseObject,
    path: FieldPath,
    callers: readonly Workload[],
    targets: readonly Workload[],
    request: Request,
    lenient: boolean,
  ): void {
    const services = new Set(targets.flatMap((target) => this.survey.serviceOf(target) ?? []));
    for (const service of services) this.call(kind, policy, path, callers, service, request, lenient);
  }

  private call(
    kind: EvidenceKind,
    policy: LooseObject,
    path: FieldPath,
    callers: readonly Workload[],
    to: Service,
    request: Request,
    lenient: boolean,
  ): void {
    const others = callers.filter(
      (from) => !to.workloads.includes(from) && classifyWorkload(from).kind !== 'telemetry',
    );
    const apps = new Set(others.map((from) => this.survey.appOf(from)));
    const label = `${policy.kind} ${policy.name}`;
    if (apps.size > 1) {
      const names = [...apps].map((app) => app.split('.')[0]).join(', ');
      this.leftOut.push({
        text: `${label} opens ${to.name} to ${names}: that does not say who calls`,
        at: policy.at(path),
      });
      return;
    }
    const evidence: Evidence = { kind, confidence: lenient ? 'low' : 'medium', text: label, at: policy.at(path) };
    for (const from of others) {
      const ports = request.ports.flatMap((port) => portOf(to, port) ?? []);
      const { path: asked, method } = request;
      this.calls.push({ from, to, port: ports[0] ?? null, host: to.name, path: asked, method, evidence });
    }
  }
}

function requestOf(rule: PlainValue): Request {
  const operations = listIn(rule, 'to').map((to) => dig(to, 'operation'));
  const paths = operations.flatMap((operation) => textsIn(operation, 'paths'));
  const methods = operations.flatMap((operation) => textsIn(operation, 'methods'));
  return {
    ports: numbers(operations.flatMap((operation) => listIn(operation, 'ports'))),
    path: paths.find((path) => path.startsWith('/') && !/[*{]/.test(path)) ?? null,
    method: methods.find((method) => /^[A-Z]+$/.test(method)) ?? null,
  };
}

function ciliumRequest(rule: PlainValue): Request {
  const ports = listIn(rule, 'toPorts');
  const http = ports.flatMap((port) => listIn(port, 'rules', 'http'));
  const path = http
    .map((request) => textIn(request, 'path'))
    .find((text) => text !== null && /^\/[\w/.-]*\$?$/.test(text));
  return {
    ports: numbers(ports.flatMap((port) => listIn(port, 'ports').map((entry) => dig(entry, 'port')))),
    path: path?.replace(/\$$/, '') ?? null,
    method: http.map((request) => textIn(request, 'method')).find((method) => method !== null) ?? null,
  };
}

/** Labels may carry their source: `k8s:app`, `any:app`. */
function ciliumLabels(selector: PlainValue | undefined): Labels {
  const labels = labelsIn(selector, 'matchLabels');
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key.replace(/^(k8s|any)[:.]/, ''), value]));
}

function numbers(values: readonly (PlainValue | undefined)[]): number[] {
  return values.map(Number).filter((value) => Number.isInteger(value) && value > 0);
}
