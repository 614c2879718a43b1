// Clusters whose hosts are what a name resolves to: when the name is asked for again, and what an answer makes of the
// hosts (envoy: source/extensions/clusters/dns/dns_cluster.cc, ResolveTarget).
import { JitteredBackoff } from './jittered-backoff.js';
import { MS_NS, S_NS } from './time.js';

export interface DnsOptions {
  /** `strict`: every address is a host; `logical`: one host, at the first address. */
  readonly kind: 'strict' | 'logical';
  readonly refreshNs: number;
  /** The shortest TTL of an answer in place of `refreshNs`. */
  readonly respectsTtl: boolean;
  /** Whole milliseconds below this are added after a success. */
  readonly jitterMs: number;
  /** Waits after failures; null: `refreshNs` after each, without jitter. */
  readonly failure: { readonly baseMs: number; readonly maxMs: number } | null;
  /** `logical` of Envoys before 1.39: the host stays, and only its new connections go to a new address. */
  readonly keepsLogicalHost: boolean;
}

/** envoy: api/envoy/extensions/clusters/dns/v3/dns_cluster.proto. */
export const ENVOY_DNS: Omit<DnsOptions, 'kind'> = {
  refreshNs: 5 * S_NS,
  respectsTtl: false,
  jitterMs: 0,
  failure: null,
  keepsLogicalHost: false,
};

/**
 * istio: pilot/pkg/networking/core/cluster_builder.go, pkg/config/mesh/mesh.go (dnsRefreshRate: 5 s up to 1.13),
 * pilot/pkg/features/pilot.go (PILOT_DNS_JITTER_DURATION).
 */
export const ISTIO_DNS: Omit<DnsOptions, 'kind'> = {
  refreshNs: 60 * S_NS,
  respectsTtl: true,
  jitterMs: 100,
  failure: null,
  keepsLogicalHost: false,
};

export interface DnsRecord {
  readonly address: string;
  /** >= 0. */
  readonly ttlSeconds: number;
}

/**
 * What a resolver answers. `completed` with no records is what c-ares makes of NXDOMAIN and of an empty answer (envoy:
 * source/extensions/network/dns_resolver/cares/dns_impl.cc, isResponseWithNoRecords); SERVFAIL, REFUSED and time-outs
 * are failures.
 */
export interface DnsAnswer {
  readonly status: 'completed' | 'failed';
  readonly records: readonly DnsRecord[];
}

export interface DnsChange {
  /** In the order of the answer. An address in both lists: the host is a new one at the same address. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** When the name is asked for next. */
  readonly nextQueryNs: number;
}

/**
 * One name of a cluster. The first query is made when the cluster warms; the cluster is warm when every name has been
 * answered once, well or not.
 */
export class DnsTarget {
  /**
   * `strict`: the addresses that are hosts now; `logical`: of the one host, the first one in use, the others for its
   * connections to fall back on.
   */
  addresses: readonly string[] = [];
  private readonly backoff: JitteredBackoff | null;

  constructor(private readonly options: DnsOptions) {
    const { failure } = options;
    this.backoff = failure === null ? null : new JitteredBackoff(failure.baseMs, failure.maxMs);
  }

  /** An answer has come: the timer of the next query starts now. @param u uniform in (0, 1) */
  answered(nowNs: number, answer: DnsAnswer, u: number): DnsChange {
    const { kind, refreshNs } = this.options;
    if (answer.status === 'failed' || (kind === 'logical' && answer.records.length === 0)) {
      return { added: [], removed: [], nextQueryNs: nowNs + (this.backoff?.nextNs(u) ?? refreshNs) };
    }
    this.backoff?.reset();
    const before = this.addresses;
    this.addresses = [...new Set(answer.records.map(({ address }) => address))];
    const timed = kind === 'logical' ? answer.records.slice(0, 1) : answer.records;
    return {
      ...(kind === 'logical' ? this.replaced(before) : this.difference(before)),
      nextQueryNs: nowNs + this.refreshAfterNs(timed) + Math.floor(u * this.options.jitterMs) * MS_NS,
    };
  }

  private difference(before: readonly string[]): Pick<DnsChange, 'added' | 'removed'> {
    return {
      added: this.addresses.filter((address) => !before.includes(address)),
      removed: before.filter((address) => !this.addresses.includes(address)),
    };
  }

  /** Another order of the same addresses makes a new host, too. */
  private replaced(before: readonly string[]): Pick<DnsChange, 'added' | 'removed'> {
    const isSame = before.length === this.addresses.length && before.every((old, i) => old === this.addresses[i]);
    if (isSame || (this.options.keepsLogicalHost && before.length > 0)) return { added: [], removed: [] };
    return { added: this.addresses.slice(0, 1), removed: before.slice(0, 1) };
  }

  private refreshAfterNs(records: readonly DnsRecord[]): number {
    const { refreshNs, respectsTtl } = this.options;
    if (!respectsTtl || records.length === 0) return refreshNs;
    const ttlSeconds = records.reduce((least, record) => Math.min(least, record.ttlSeconds), records[0].ttlSeconds);
    return ttlSeconds === 0 ? refreshNs : ttlSeconds * S_NS;
  }
}
