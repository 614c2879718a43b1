// Fields that a release of Istio does not know yet: its CustomResourceDefinitions drop them, and nobody reads them. Each is told where it stands.
// istio: releasenotes/notes/{max-concurrent-streams,set-tcp-idle-timeout-in-http-clusters,sidecar-api-connectionpool}.yaml.
import type { ConnectionPoolSettings, PortLevelSettings, TrafficPolicy } from '../../config/kinds/destination-rule.js';
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath, Resource } from '../../config/resource.js';
import type { Findings } from '../terms/findings.js';
import type { ReleaseDefaults } from './versions.js';

type Pool = ConnectionPoolSettings;

/** The resources as the release reads them. */
export function ofRelease(resources: ResourceSet, release: ReleaseDefaults, findings: Findings): ResourceSet {
  if (release.poolFields) return resources;
  const fields = new UnknownFields(release.version, findings);
  return {
    ...resources,
    destinationRules: resources.destinationRules.map((rule) => {
      const { trafficPolicy, subsets } = rule.spec;
      return {
        ...rule,
        spec: {
          ...rule.spec,
          trafficPolicy: fields.ofPolicy(rule, trafficPolicy, ['spec', 'trafficPolicy']),
          subsets: subsets.map((subset, index) => ({
            ...subset,
            trafficPolicy: fields.ofPolicy(rule, subset.trafficPolicy, ['spec', 'subsets', index, 'trafficPolicy']),
          })),
        },
      };
    }),
    sidecars: resources.sidecars.map((sidecar) => {
      const { inboundPool, ingress } = sidecar.spec;
      return {
        ...sidecar,
        spec: {
          ...sidecar.spec,
          inboundPool: fields.dropped(sidecar, inboundPool, ['spec', 'inboundConnectionPool']),
          ingress: ingress.map((listener, index) => ({
            ...listener,
            pool: fields.dropped(sidecar, listener.pool, ['spec', 'ingress', index, 'connectionPool']),
          })),
        },
      };
    }),
  };
}

class UnknownFields {
  constructor(
    private readonly version: string,
    private readonly findings: Findings,
  ) {}

  ofPolicy<Policy extends TrafficPolicy | null>(rule: Resource, policy: Policy, path: FieldPath): Policy {
    if (policy === null) return policy;
    return {
      ...policy,
      connectionPool: this.ofPool(rule, policy.connectionPool, [...path, 'connectionPool']),
      portLevelSettings: policy.portLevelSettings.map(
        (port, index): PortLevelSettings => ({
          ...port,
          connectionPool: this.ofPool(rule, port.connectionPool, [
            ...path,
            'portLevelSettings',
            index,
            'connectionPool',
          ]),
        }),
      ),
    };
  }

  dropped<T>(resource: Resource, value: T | null, path: FieldPath): null {
    if (value !== null) this.tell(resource, path);
    return null;
  }

  private ofPool(rule: Resource, pool: Pool | null, path: FieldPath): Pool | null {
    if (pool === null) return null;
    const { tcp, http } = pool;
    return {
      tcp:
        tcp === null
          ? null
          : { ...tcp, idleTimeoutNs: this.dropped(rule, tcp.idleTimeoutNs, [...path, 'tcp', 'idleTimeout']) },
      http:
        http === null
          ? null
          : {
              ...http,
              maxConcurrentStreams: this.dropped(rule, http.maxConcurrentStreams, [
                ...path,
                'http',
                'maxConcurrentStreams',
              ]),
            },
    };
  }

  private tell({ kind, namespace, name, source }: Resource, path: FieldPath): void {
    this.findings.warning(
      'field-of-a-later-release',
      source.at(path),
      `Istio ${this.version} does not read ${path.at(-1)} of ${kind} ${namespace}/${name}`,
      'it is read since Istio 1.21',
    );
  }
}
