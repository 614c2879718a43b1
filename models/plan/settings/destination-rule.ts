// Which DestinationRule a client uses for a service, after Istio has merged the rules of each namespace.
// istio: pilot/pkg/model/destination_rule.go (mergeDestinationRule), pilot/pkg/model/push_context.go (destinationRule).
import type { DestinationRuleSpec, RuleKind, Subset, TrafficPolicy } from '../../config/kinds/destination-rule.js';
import type { ResourceSet } from '../../config/load.js';
import { derivedSource, type Resource } from '../../config/resource.js';
import { expandHost } from '../terms/host.js';
import { HostIndex } from '../terms/host-index.js';
import { isVisible, selects } from '../terms/visibility.js';
import { DEFAULT_MESH, type MeshSettings } from './mesh-settings.js';
import type { ReleaseDefaults } from './versions.js';

type RuleResource = Resource<RuleKind, DestinationRuleSpec>;
type Labels = Readonly<Record<string, string>>;

/** A part of a merged rule and where its text stands. */
export interface Placed<T> {
  readonly value: T;
  readonly resource: RuleResource;
}

/** One rule, or several for the same host folded into one. */
export interface MergedRule {
  readonly host: string;
  readonly namespace: string;
  /** Sorted; empty where absent, which is not the same as `*`. */
  readonly exportTo: readonly string[];
  readonly selector: Labels | null;
  readonly subsets: readonly (Placed<Subset> & { readonly index: number })[];
  readonly policy: Placed<TrafficPolicy> | null;
  readonly resource: RuleResource;
}

/** The rules of all namespaces. */
export class DestinationRules {
  /** By namespace; rules of one host are merged where Istio merges them. */
  private readonly byNamespace = new Map<string, HostIndex<MergedRule>>();
  /** Rules for (host, owner, client) that have been asked for. */
  private readonly found = new Map<string, readonly MergedRule[]>();

  private readonly root: string;
  /** Rules that say nothing of their visibility are for their namespace only. */
  private readonly privateByDefault: boolean;

  constructor(
    resources: ResourceSet,
    mesh: MeshSettings = DEFAULT_MESH,
    { backendTlsYields }: Pick<ReleaseDefaults, 'backendTlsYields'> = { backendTlsYields: true },
  ) {
    this.root = mesh.rootNamespace;
    this.privateByDefault = mesh.destinationRuleExportTo.includes('.');
    const rules = [
      ...resources.destinationRules.filter((rule) => rule.spec.workloadSelector !== null),
      ...resources.destinationRules.filter((rule) => rule.spec.workloadSelector === null),
    ];
    for (const rule of rules) {
      const own = this.byNamespace.get(rule.namespace) ?? new HostIndex<MergedRule>();
      this.byNamespace.set(rule.namespace, own);
      const host = expandHost(rule.spec.host, rule.namespace);
      own.replace(host, mergeInto(own.at(host), rule, backendTlsYields));
    }
  }

  /**
   * The rule that clients of `client` with these labels use for a service of namespace `owner`: from the client's namespace, else
   * the service's, else the root namespace; the first of them with a rule for the host wins entirely.
   */
  lookup(host: string, owner: string, client: string, labels: Labels): MergedRule | null {
    const key = `${host} ${owner} ${client}`;
    const known = this.found.get(key) ?? this.rulesFor(host, owner, client);
    this.found.set(key, known);
    return pick(known, labels);
  }

  private rulesFor(host: string, owner: string, client: string): MergedRule[] {
    const local = this.mostSpecific(client, host, (rule) => this.isUsedInOwnNamespace(rule, client));
    if (local.length > 0) return local;
    const published = owner === client ? [] : this.publishedTo(owner, client, host);
    return published.length > 0 ? published : this.publishedTo(this.root, client, host);
  }

  /** The most specific host is chosen among all that a namespace publishes; only then is it asked who may see it. */
  private publishedTo(owner: string, client: string, host: string): MergedRule[] {
    const published = this.mostSpecific(owner, host, (rule) => !this.isPrivate(rule));
    return published.filter((rule) => isVisible(rule.exportTo, owner, client));
  }

  /** The rules that count of the most specific host of a namespace that has any. */
  private mostSpecific(namespace: string, host: string, counts: (rule: MergedRule) => boolean): MergedRule[] {
    for (const covering of this.byNamespace.get(namespace)?.covering(host) ?? []) {
      const found = covering.filter(counts);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Clients use the rules of their namespace unless these are exported to others only; those of the root only its private ones. */
  private isUsedInOwnNamespace(rule: MergedRule, client: string): boolean {
    if (client === this.root) return this.isPrivate(rule);
    return rule.exportTo.length === 0 || ['.', '*', client].some((name) => rule.exportTo.includes(name));
  }

  private isPrivate({ exportTo, namespace }: MergedRule): boolean {
    if (exportTo.length === 0) return this.privateByDefault;
    return exportTo.length === 1 && ['.', namespace].includes(exportTo[0]!);
  }
}

/** The rule whose selector picks the client, else the last one without a selector. */
function pick(rules: readonly MergedRule[], labels: Labels): MergedRule | null {
  const selected = rules.find((rule) => rule.selector !== null && selects(rule.selector, labels));
  return selected ?? rules.findLast((rule) => rule.selector === null) ?? null;
}

/** Folds a rule into those of its host that came before it, and keeps it as one of its own where Istio does. */
function mergeInto(rules: readonly MergedRule[], resource: RuleResource, yields: boolean): MergedRule[] {
  const rule = single(resource);
  let keepsItself = true;
  const merged = rules.map((existing) => {
    keepsItself = true;
    const bothSelect = existing.selector !== null && rule.selector !== null;
    if (bothSelect && !sameLabels(existing.selector, rule.selector)) return existing;
    const sameExport = sameSet(existing.exportTo, rule.exportTo);
    const within = existing.exportTo.length > 0 && existing.exportTo.every((name) => rule.exportTo.includes(name));
    if (!sameExport && !within) return existing;
    const sameSelection = bothSelect || (existing.selector === null && rule.selector === null);
    keepsItself = !(sameExport || sameSelection);
    return fold(existing, rule, yields);
  });
  return keepsItself ? [...merged, rule] : merged;
}

function single(resource: RuleResource): MergedRule {
  const { spec } = resource;
  return {
    host: expandHost(spec.host, resource.namespace),
    namespace: resource.namespace,
    exportTo: spec.workloadSelector === null ? [...new Set(spec.exportTo)].sort() : ['.'],
    selector: spec.workloadSelector,
    subsets: spec.subsets.map((value, index) => ({ value, resource, index })),
    policy: spec.trafficPolicy === null ? null : { value: spec.trafficPolicy, resource },
    resource,
  };
}

/**
 * Subsets are united, the first of a name stays; the first rule with a traffic policy gives all of it.
 * @param yields a BackendTLSPolicy, which comes first, fills in what a DestinationRule leaves open
 */
function fold(first: MergedRule, second: MergedRule, yields: boolean): MergedRule {
  const names = new Set(first.subsets.map(({ value }) => value.name));
  return {
    ...first,
    subsets: [...first.subsets, ...second.subsets.filter(({ value }) => !names.has(value.name))],
    policy: yields ? filledIn(first.policy, second.policy) : (first.policy ?? second.policy),
  };
}

function filledIn(first: MergedRule['policy'], second: MergedRule['policy']): MergedRule['policy'] {
  if (first === null || second === null) return first ?? second;
  if (first.resource.kind !== 'BackendTLSPolicy' || second.resource.kind === 'BackendTLSPolicy') return first;
  const [{ resource: backend }, { value, resource }] = [first, second];
  const ofPorts = first.value.portLevelSettings;
  const own = value.portLevelSettings.map((port) => ({
    ...port,
    tls: port.tls ?? ofPorts.find(({ portNumber }) => portNumber === port.portNumber)?.tls ?? null,
  }));
  const others = ofPorts.filter(({ portNumber }) => own.every((port) => port.portNumber !== portNumber));
  const source = derivedSource(resource.source, (path) => {
    const written = resource.source.field(path);
    return written.value === null && path.includes('tls') ? backend.source.field(path) : written;
  });
  return {
    value: { ...value, tls: value.tls ?? first.value.tls, portLevelSettings: [...own, ...others] },
    resource: { ...resource, source },
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function sameLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && selects(a, b);
}
