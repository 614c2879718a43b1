// What a version of a configuration says beside its plan, for those who compare it with another version: which clusters there are at all, what stands in
// a Cluster message and acts in nothing, and what pods are made from.

import { fieldOf } from '../config/document.js';
import { identityOf } from '../config/identity.js';
import type { ResourceSet } from '../config/load.js';
import type { ClusterFacts, ConfigurationFacts, ServerWelcome } from './contract/configurations.js';
import type { ClusterPlan, MeshPlan } from './contract/plan.js';
import type { ClusterSources } from './contract/sources.js';
import { serviceAccountOf } from './filters/identity.js';
import type { Registry } from './registry/registry.js';
import type { Service } from './registry/service.js';
import type { Workload, Workloads } from './registry/workload.js';
import { ruleSource } from './settings/cluster-sources.js';
import type { DestinationRules } from './settings/destination-rule.js';
import { sidecarWelcome } from './tls/cluster-tls.js';
import type { PeerAuthentications } from './tls/peer-authentication.js';

export class VersionFacts {
  private readonly byHost: ReadonlyMap<string, Service>;
  private readonly byIndex: ReadonlyMap<number, Workload>;

  constructor(
    private readonly resources: ResourceSet,
    private readonly workloads: Workloads,
    registry: Registry,
    private readonly rules: DestinationRules,
    private readonly sources: readonly (ClusterSources | undefined)[],
    private readonly automaticTls: boolean,
    private readonly peers: PeerAuthentications,
  ) {
    this.byIndex = new Map(workloads.all.map((workload) => [workload.index, workload]));
    this.byHost = new Map(registry.services.toReversed().map((service) => [service.host, service]));
  }

  /** @param clusters those of all versions */
  of(clusters: readonly ClusterPlan[], { workloads }: MeshPlan): ConfigurationFacts {
    const missing = clusters.filter((cluster) => !this.has(cluster));
    return {
      missingClusters: [...new Set(missing.map(({ name }) => name))],
      clusters: clusters.map((cluster, index) => this.factsOf(cluster, index)),
      welcomes: clusters.map((cluster) => this.welcomesOf(cluster)),
      templates: this.templates(workloads.length),
    };
  }

  /** Whether proxies have a cluster: its service, the port and the subset are there. What is no service of the registry is always there. */
  private has({ host, port, subset, name }: ClusterPlan): boolean {
    if (!name.startsWith('outbound|') && !name.startsWith('inbound-vip|')) return true;
    const service = this.byHost.get(host);
    if (service === undefined || service.ports.every(({ number }) => number !== port)) return false;
    if (subset === '') return true;
    const rule = this.rules.lookup(host, service.namespace, service.namespace, {});
    return rule === null ? false : rule.subsets.some(({ value }) => value.name === subset);
  }

  /** The rule of a cluster that no route of the version names: proxies have it nevertheless. */
  private ruleOf({ host, subset }: ClusterPlan): string | null {
    const service = this.byHost.get(host);
    if (service === undefined) return null;
    const rule = this.rules.lookup(host, service.namespace, service.namespace, {});
    return ruleSource(rule, subset)?.object ?? null;
  }

  private factsOf(cluster: ClusterPlan, index: number): ClusterFacts {
    const { host, groups } = cluster;
    const own = this.sources[index];
    const accounts = groups.flatMap(({ workload }) => {
      const found = this.byIndex.get(workload);
      return found === undefined ? [] : [serviceAccountOf(found)];
    });
    return {
      rule: own === undefined ? this.ruleOf(cluster) : (own.rule?.object ?? null),
      serviceAccounts: this.automaticTls ? [...new Set(accounts)].sort() : [],
      isDns: this.byHost.get(host)?.discovery === 'dns',
    };
  }

  private welcomesOf({ host, port, groups }: ClusterPlan): ServerWelcome[] {
    const known = this.byHost.get(host)?.ports.find(({ number }) => number === port);
    if (known === undefined) return [];
    return [...new Set(groups.map(({ workload }) => workload))].flatMap((index) => {
      const workload = this.byIndex.get(index);
      const welcome = workload === undefined ? null : sidecarWelcome(workload, known, this.peers);
      return welcome === null ? [] : [{ workload: index, ...welcome }];
    });
  }

  private templates(count: number): (string | null)[] {
    const texts = new Map(
      this.resources.objects.map(({ value, apiVersion, kind }) => {
        const { namespace, name } = identityOf(value, apiVersion, kind);
        return [`${kind} ${namespace}/${name}`, JSON.stringify(fieldOf(fieldOf(value, 'spec'), 'template') ?? null)];
      }),
    );
    const templates: (string | null)[] = Array.from({ length: count }, () => null);
    for (const { index, resource } of this.workloads.all) templates[index] = texts.get(resource) ?? '';
    return templates;
  }
}
