// BackendTLSPolicies as DestinationRules, one for each host that they are about: TLS of the mode SIMPLE, for all ports or for those that are named.
// istio: pilot/pkg/config/kube/gateway/backend_policies.go (DestinationRuleCollection, BackendTLSPolicyCollection).
import type {
  ClientTlsSettings,
  DestinationRuleSpec,
  PortLevelSettings,
  RuleKind,
} from '../../config/kinds/destination-rule.js';
import type { BackendTlsPolicySpec, PolicyTarget } from '../../config/kinds/gateway-api/backend-tls-policy.js';
import type { ResourceSet } from '../../config/load.js';
import { derivedSource, type FieldPath, type Resource, type WrittenField } from '../../config/resource.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import { expandHost, serviceHost } from '../terms/host.js';

type Policy = Resource<'BackendTLSPolicy', BackendTlsPolicySpec>;

/** A host that a target stands for, and the port of it; null: all ports. */
interface Part {
  readonly policy: Policy;
  readonly host: string;
  readonly port: number | null;
}

const IGNORED = 'istio.io/ignore-policy-attachment';

/** Rules for the hosts of all policies. They come before those that are written: of two for one host the first gives the policy. */
export function backendTlsRules(
  resources: ResourceSet,
  findings: Findings,
  release: Pick<ReleaseDefaults, 'backendTlsPolicy' | 'backendTlsYields' | 'version'>,
): Resource<RuleKind, DestinationRuleSpec>[] {
  if (!release.backendTlsPolicy) {
    for (const policy of resources.backendTlsPolicies) warnOfRelease(policy, release.version, findings);
    return [];
  }
  const byHost = new Map<string, Part[]>();
  for (const policy of resources.backendTlsPolicies) {
    if (policy.annotations[IGNORED]?.toLowerCase() === 'true') continue;
    warnOfAuthority(policy, findings);
    policy.spec.targetRefs.forEach((target, index) => {
      const parts = partsOf(policy, target, resources);
      if (typeof parts === 'string') {
        warn(policy, index, parts, findings);
        return;
      }
      for (const part of parts) {
        const others = byHost.get(part.host) ?? [];
        byHost.set(part.host, others);
        const older = others.find((other) => other.port === part.port);
        if (older === undefined) others.push(part);
        else warn(policy, index, `${older.policy.name} is about the same ports and comes first`, findings);
      }
    });
  }
  return [...byHost].map(([host, parts]) => {
    if (!release.backendTlsYields) warnOfReplaced(host, parts[0]!.policy, resources, findings);
    return ruleOf(host, parts);
  });
}

function warnOfRelease({ namespace, name, source }: Policy, version: string, findings: Findings): void {
  findings.warning(
    'field-of-a-later-release',
    source.at([]),
    `Istio ${version} does not read BackendTLSPolicy ${namespace}/${name}: connections to its targets are what they are without it`,
    'it is read since Istio 1.28; say tls in a DestinationRule',
  );
}

function warn({ namespace, name, source }: Policy, target: number, problem: string, findings: Findings): void {
  findings.warning(
    'backend-tls-not-attached',
    source.at(['spec', 'targetRefs', target]),
    `BackendTLSPolicy ${namespace}/${name} has no effect on this target: ${problem}`,
    'correct the target',
  );
}

function partsOf(policy: Policy, target: PolicyTarget, { services, serviceEntries }: ResourceSet): Part[] | string {
  const isIt = ({ name, namespace }: { readonly name: string; readonly namespace: string }): boolean =>
    name === target.name && namespace === policy.namespace;
  const of = (hosts: readonly string[], ports: readonly { name: string; number: number }[]): Part[] | string => {
    const port = ports.find(({ name }) => name === target.sectionName);
    if (target.sectionName !== '' && port === undefined) return `it has no port called ${target.sectionName}`;
    return hosts.map((host) => ({ policy, host, port: port?.number ?? null }));
  };
  switch (`${target.group}/${target.kind}`) {
    case '/Service':
    case 'core/Service': {
      const service = services.find(isIt);
      if (service === undefined) return `there is no such Service in ${policy.namespace}`;
      const ports = service.spec.ports.map(({ name, port }) => ({ name, number: port }));
      return of([serviceHost(service.name, service.namespace)], ports);
    }
    case 'networking.istio.io/ServiceEntry': {
      const entry = serviceEntries.find(isIt);
      return entry === undefined
        ? `there is no such ServiceEntry in ${policy.namespace}`
        : of(entry.spec.hosts, entry.spec.ports);
    }
    default:
      return `Istio knows no policies for a ${target.kind}`;
  }
}

function ruleOf(host: string, parts: readonly Part[]): Resource<RuleKind, DestinationRuleSpec> {
  const { policy } = parts[0]!;
  const whole = parts.find(({ port }) => port === null);
  const nothing = { loadBalancer: null, connectionPool: null, outlierDetection: null };
  return {
    ...policy,
    spec: {
      host,
      trafficPolicy: {
        ...nothing,
        tls: whole === undefined ? null : tlsOf(whole.policy),
        portLevelSettings: parts.flatMap(({ port, policy: own }): PortLevelSettings[] =>
          port === null ? [] : [{ ...nothing, portNumber: port, tls: tlsOf(own) }],
        ),
        retryBudget: null,
      },
      subsets: [],
      exportTo: [],
      workloadSelector: null,
    },
    source: derivedSource(policy.source, (path) => writtenField(path, parts)),
  };
}

/** Of a policy whose authorities nobody reads the kind of these is what acts, else the policy as a whole. */
function writtenField(path: FieldPath, parts: readonly Part[]): WrittenField {
  const ofPorts = parts.filter(({ port }) => port !== null);
  const index = path[path.indexOf('portLevelSettings') + 1];
  const whole = parts.find(({ port }) => port === null) ?? parts[0]!;
  const { policy } = (path.includes('portLevelSettings') ? ofPorts[Number(index)] : whole) ?? whole;
  const isRefused = path.includes('tls') && untrusted(policy.spec.authorities) !== null;
  return policy.source.field(isRefused ? ['spec', 'validation', 'caCertificateRefs', 0, 'kind'] : []);
}

/** Istio takes the certificates of authorities from ConfigMaps alone: with any other reference nothing is trusted. */
function tlsOf({ spec: { sni, authorities } }: Policy): ClientTlsSettings {
  return { mode: 'SIMPLE', sni, servers: untrusted(authorities) === null ? 'tls-unless-declared' : 'none-trusted' };
}

/** The first reference, where it is of a kind that Istio takes no certificates from. */
function untrusted([first]: BackendTlsPolicySpec['authorities']): {
  readonly kind: string;
  readonly name: string;
} | null {
  return first === undefined || (first.group === '' && first.kind === 'ConfigMap') ? null : first;
}

function warnOfAuthority({ namespace, name, spec, source }: Policy, findings: Findings): void {
  const reference = untrusted(spec.authorities);
  if (reference === null) return;
  findings.warning(
    'backend-tls-trusts-nothing',
    source.at(['spec', 'validation', 'caCertificateRefs', 0]),
    `BackendTLSPolicy ${namespace}/${name} names ${reference.kind} ${reference.name} for its certificate authorities: Istio reads ConfigMaps alone, trusts nothing, and all connections fail (503 UF)`,
    'put the certificates into a ConfigMap under the key ca.crt, and name that',
  );
}

function warnOfReplaced(host: string, policy: Policy, resources: ResourceSet, findings: Findings): void {
  const replaced = resources.destinationRules.find(
    ({ namespace, spec }) =>
      namespace === policy.namespace && spec.trafficPolicy !== null && expandHost(spec.host, namespace) === host,
  );
  if (replaced === undefined) return;
  findings.warning(
    'policy-beside-backend-tls',
    replaced.source.at(['spec', 'trafficPolicy']),
    `the trafficPolicy of DestinationRule ${replaced.namespace}/${replaced.name} does not count: BackendTLSPolicy ${policy.namespace}/${policy.name} is for the same host, and gives all of it`,
    'say tls in the DestinationRule and delete the BackendTLSPolicy',
  );
}
