// The limits of a rate limit service, from the ConfigMaps that it reads: trees of descriptors by domain, the counters behind them.
// envoyproxy/ratelimit: src/config/config_impl.go (loadDescriptors, GetLimit), README "Configuration".
import { lookup } from '../../../sim/lookup.js';
import { fieldOf, isPlainMap, type PlainValue } from '../../config/document.js';
import { type ConfigMapSpec, isRateLimitConfig } from '../../config/kinds/config-map.js';
import { parseDocuments } from '../../config/parse.js';
import type { Resource } from '../../config/resource.js';
import type { SharedLimitPlan } from '../contract/filter-plan.js';
import type { Findings } from '../terms/findings.js';
import type { Descriptor } from './descriptors.js';

const SECOND_NS = 1_000_000_000;
const DAY_NS = 86_400 * SECOND_NS;
const UNITS: Readonly<Record<string, number>> = {
  second: SECOND_NS,
  minute: 60 * SECOND_NS,
  hour: 3600 * SECOND_NS,
  day: DAY_NS,
  week: 7 * DAY_NS,
  month: 30 * DAY_NS,
  year: 365 * DAY_NS,
};

export class RateLimitConfigs {
  private readonly domains = new Map<string, readonly PlainValue[]>();
  private readonly counters = new Map<string, number>();

  constructor(
    configMaps: readonly Resource<'ConfigMap', ConfigMapSpec>[],
    private readonly findings: Findings,
  ) {
    for (const { spec } of configMaps) for (const [file, text] of Object.entries(spec.data)) this.read(file, text);
  }

  private read(file: string, text: string): void {
    if (!isRateLimitConfig(text)) return;
    for (const { value } of parseDocuments({ name: file, text })) {
      const domain = fieldOf(value, 'domain');
      const descriptors = fieldOf(value, 'descriptors');
      if (typeof domain === 'string' && Array.isArray(descriptors)) this.domains.set(domain, descriptors);
    }
  }

  /** The limits that the descriptors of one class meet. Without a configuration of the domain none is ever over. */
  of(domain: string, descriptors: readonly Descriptor[]): SharedLimitPlan[] {
    const tree = this.domains.get(domain);
    if (tree === undefined) {
      this.findings.approximated(
        'rate limit service',
        `domain ${domain}`,
        null,
        `no ConfigMap holds the limits of the domain ${domain}: the service lets every request pass`,
      );
      return [];
    }
    return descriptors.flatMap((descriptor) => {
      const limit = this.limitOf(domain, tree, descriptor);
      return limit === null ? [] : [limit];
    });
  }

  /** All entries must lead down the tree; the limit stands at its last node. */
  private limitOf(domain: string, tree: readonly PlainValue[], descriptor: Descriptor): SharedLimitPlan | null {
    let level: readonly PlainValue[] = tree;
    let node: PlainValue | undefined;
    let path = domain;
    for (const { key, value } of descriptor) {
      const ofKey = level.filter((candidate) => fieldOf(candidate, 'key') === key);
      node =
        ofKey.find((candidate) => fieldOf(candidate, 'value') === value) ??
        ofKey.find((candidate) => matchesWildcard(fieldOf(candidate, 'value'), value)) ??
        ofKey.find((candidate) => (fieldOf(candidate, 'value') ?? null) === null);
      if (node === undefined) return null;
      path += ` ${key}=${value}`;
      const next = fieldOf(node, 'descriptors');
      level = Array.isArray(next) ? next : [];
    }
    const limit = fieldOf(node, 'rate_limit');
    if (!isPlainMap(limit) || fieldOf(limit, 'unlimited') === true || fieldOf(node, 'shadow_mode') === true)
      return null;
    const windowNs = lookup(UNITS, String(fieldOf(limit, 'unit')).toLowerCase());
    const requestsPerWindow = Number(fieldOf(limit, 'requests_per_unit') ?? 0);
    if (windowNs === undefined || !Number.isFinite(requestsPerWindow)) return null;
    return { counter: this.counter(path), requestsPerWindow, windowNs };
  }

  private counter(path: string): number {
    const known = this.counters.get(path);
    if (known !== undefined) return known;
    this.counters.set(path, this.counters.size);
    return this.counters.size - 1;
  }
}

/** `value: abc*`. */
function matchesWildcard(pattern: PlainValue | undefined, value: string): boolean {
  return typeof pattern === 'string' && pattern.endsWith('*') && value.startsWith(pattern.slice(0, -1));
}
