// Who wrote the policies of a cluster: fields of a DestinationRule, settings of the mesh.
import type { FieldPath } from '../../config/resource.js';
import type { ClusterSources, FieldSource } from '../contract/sources.js';
import { wholeAt, writtenAt } from '../terms/field-source.js';
import type { MergedRule } from './destination-rule.js';
import type { MeshSources } from './mesh-sources.js';
import { type PlacedBlock, type PlacedPolicy, placedPolicy, retryBudgetOf } from './traffic-policy.js';

/** Of a cluster without policies. */
export const NO_CLUSTER_SOURCES: ClusterSources = {
  rule: null,
  connections: null,
  pendingRequests: null,
  requests: null,
  retries: null,
  maxRequestsPerConnection: null,
  connectTimeout: null,
  outlierDetection: null,
  consecutiveErrors: null,
  maxEjectionPercent: null,
  minHealthPercent: null,
  loadBalancer: null,
  localityFailover: null,
  tls: null,
  unreachable: [],
};

/** @param port of the Service */
export function clusterSources(
  rule: MergedRule | null,
  port: number,
  subset: string,
  mesh: MeshSources,
): ClusterSources {
  const policy = placedPolicy(rule, port, subset);
  const { connectionPool, outlierDetection, loadBalancer, tls } = policy;
  const budget = retryBudgetOf(rule, subset);
  const detects = outlierDetection !== null;
  return {
    rule: ruleSource(rule, subset),
    ...limitSources(policy),
    retries: budget === null ? inBlock(connectionPool, 'http', 'maxRetries') : wholeBlock(budget),
    maxRequestsPerConnection: inBlock(connectionPool, 'http', 'maxRequestsPerConnection'),
    connectTimeout: inBlock(connectionPool, 'tcp', 'connectTimeout') ?? mesh.connectTimeout,
    outlierDetection: wholeBlock(outlierDetection),
    consecutiveErrors:
      inBlock(outlierDetection, 'consecutive5xxErrors') ??
      inBlock(outlierDetection, 'consecutiveGatewayErrors') ??
      inBlock(outlierDetection, 'consecutiveLocalOriginFailures'),
    maxEjectionPercent: inBlock(outlierDetection, 'maxEjectionPercent'),
    minHealthPercent: inBlock(outlierDetection, 'minHealthPercent'),
    loadBalancer: inBlock(loadBalancer, 'simple') ?? inBlock(loadBalancer, 'consistentHash'),
    localityFailover: localitySource(loadBalancer, mesh, detects),
    tls: inBlock(tls, 'mode') ?? wholeBlock(tls),
    unreachable: [],
  };
}

/** The three limits that the servers' own inbound clusters take as well. */
export function limitSources({ connectionPool }: Pick<PlacedPolicy, 'connectionPool'>): {
  readonly connections: FieldSource | null;
  readonly pendingRequests: FieldSource | null;
  readonly requests: FieldSource | null;
} {
  return {
    connections: inBlock(connectionPool, 'tcp', 'maxConnections'),
    pendingRequests: inBlock(connectionPool, 'http', 'http1MaxPendingRequests'),
    requests: inBlock(connectionPool, 'http', 'http2MaxRequests'),
  };
}

/** That of the subset, else that which gives the policy, else the first. */
export function ruleSource(rule: MergedRule | null, subset: string): FieldSource | null {
  if (rule === null) return null;
  const own = rule.subsets.find(({ value }) => value.name === subset);
  if (own !== undefined) return wholeAt(own.resource.source, ['spec', 'subsets', own.index]);
  return wholeAt((rule.policy?.resource ?? rule.resource).source);
}

/** What ranks endpoints by their places; without outlier detection nothing of it but shares of localities acts. */
function localitySource(
  loadBalancer: PlacedPolicy['loadBalancer'],
  mesh: MeshSources,
  detects: boolean,
): FieldSource | null {
  const own = inBlock(loadBalancer, 'zoneAwareLbSetting') ?? inBlock(loadBalancer, 'localityLbSetting');
  return own ?? (detects ? mesh.localityLbSetting : null);
}

function inBlock(block: PlacedBlock<unknown> | null, ...path: FieldPath): FieldSource | null {
  return block === null ? null : writtenAt(block.source, [...block.path, ...path]);
}

function wholeBlock(block: PlacedBlock<unknown> | null): FieldSource | null {
  return block === null ? null : wholeAt(block.source, block.path);
}

/** A field of Envoy's own configuration, in either spelling; null where it is not written. @param names in snake_case */
export function protoSource(
  source: PlacedBlock<unknown>['source'],
  path: FieldPath,
  names: FieldPath,
): FieldSource | null {
  const [name, ...rest] = names;
  if (name === undefined) return writtenAt(source, path);
  const spellings = typeof name === 'number' ? [name] : [name, camelCase(name)];
  const found = spellings.find((spelling) => source.field([...path, spelling]).value !== null);
  return found === undefined ? null : protoSource(source, [...path, found], rest);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
