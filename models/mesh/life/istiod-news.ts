// istiod in a run: its informers hear of changes of endpoints, and its messages tell proxies how far they know. One replica, which a mesh of a few
// hundred proxies has; endpoints are read when a message is generated, of the services that its push is about (istio: pilot/pkg/xds/eds.go).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import { contextBuildNs, GENERATION_NS } from '../../control-plane/delays.js';
import { ISTIOD_DEFAULTS, Istiod, isEndpointsOnly, type PushRequest } from '../../control-plane/istiod.js';
import { pushThrottle } from '../../control-plane/push-queue.js';
import {
  type ConfigKind,
  configKind,
  type ProxyRole,
  typesOf,
  XDS_TYPES,
  type XdsType,
} from '../../control-plane/xds-types.js';
import type { MembersChange } from '../balancing/assignments.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ConfigurationMessage } from './configurations.js';
import type { EndpointShards } from './endpoint-shards.js';
import { Reconnects } from './reconnects.js';

/** CPUs of istiod: an assumption, which decides how many proxies it tells at once, and how many it admits a second. */
const CORES = 2;

interface Stream {
  readonly role: ProxyRole;
  readonly key: number;
  told: number;
  /** Its proxy has no configuration yet. */
  isStarting: boolean;
}

export class IstiodNews {
  /** Changes that its informers have heard of. */
  heard = 0;
  /** Versions of the configuration that it has heard of: since which number of changes each holds. */
  private readonly configurations: { readonly since: number; readonly version: number }[] = [];
  private istiod: Istiod;
  /** How many times istiod is down now. */
  private downs = 0;
  private replicas = 0;
  /** So many times as long as ever takes what istiod begins now. */
  private slowness = 1;
  /** By stream: whose it is, and changes of which messages have told so far. */
  private readonly streams = new Map<number, Stream>();
  private readonly reconnects: Reconnects;
  private last: { readonly from: number; readonly end: number; readonly services: ReadonlySet<number> } = {
    from: 0,
    end: 0,
    services: new Set(),
  };
  private timer = NOTHING;
  private timerNs = Number.POSITIVE_INFINITY;

  /**
   * @param changes of the run, in their order
   * @param tell whoever hears by a stream that the first `known` changes are known there
   */
  constructor(
    private readonly seed: string,
    private readonly calendar: Calendar,
    private readonly services: number,
    private readonly shards: EndpointShards,
    private readonly changes: readonly MembersChange[],
    private readonly tell: (stream: number, known: number) => void,
    /** Whoever hears by a stream is told of a type of the configuration. */
    private readonly tellConfiguration: (stream: number, message: ConfigurationMessage) => void,
    /** A proxy that has started without an istiod has its configuration. */
    private readonly started: (stream: number) => void,
  ) {
    this.istiod = this.replica();
    this.reconnects = new Reconnects(seed, calendar, CORES, (stream) => this.readmit(stream));
  }

  private replica(): Istiod {
    const { services } = this;
    return new Istiod(
      {
        ...ISTIOD_DEFAULTS,
        slots: pushThrottle(CORES),
        contextNs: (request) => Math.ceil(contextBuildNs(services, isEndpointsOnly(request)) * this.slowness),
        generationNs: (_proxy, type) => Math.ceil(GENERATION_NS[type] * this.slowness),
      },
      componentStream(this.seed, `istiod ${this.replicas++}`),
    );
  }

  /** A proxy opens its stream, and is told of everything as istiod knows it. @param key of its draws */
  connect(stream: number, role: ProxyRole, key: number): void {
    this.streams.set(stream, { role, key, told: this.heard, isStarting: false });
    this.istiod.connect(stream, role);
  }

  /** A proxy starts while istiod is down: it tries until it has its configuration (`started`). */
  waitFor(stream: number, role: ProxyRole, key: number): void {
    this.streams.set(stream, { role, key, told: this.heard, isStarting: true });
    this.reconnects.lost(stream, key);
  }

  disconnect(stream: number): void {
    this.streams.delete(stream);
    this.reconnects.forget(stream);
    if (this.isDown) return;
    this.ask();
    this.istiod.disconnect(this.calendar.nowNs, stream);
    this.wait();
  }

  get isDown(): boolean {
    return this.downs > 0;
  }

  /** Whether any proxy has a stream, or looks for one. */
  get hasStreams(): boolean {
    return this.streams.size > 0;
  }

  /** What was told by a stream, or is on its way. */
  toldBy(stream: number): number {
    return this.streams.get(stream)?.told ?? this.heard;
  }

  /** istiod ends: whatever it has not written is lost, and all streams are. */
  down(): void {
    this.ask();
    if (this.downs++ > 0) return;
    this.reconnects.gone();
    this.sleep();
    for (const [stream, { key }] of this.streams) {
      if (!this.reconnects.has(stream)) this.reconnects.lost(stream, key);
    }
  }

  /** An istiod is there again. It serves when its informers have read everything (istio: pilot/pkg/bootstrap/server.go, cachesSynced). */
  up(): void {
    if (--this.downs > 0) return;
    while (this.heard < this.changes.length) this.hearNext();
    this.istiod = this.replica();
    this.reconnects.back();
  }

  /** What istiod begins from now on takes so many times as long as it would. */
  slow(factor: number): void {
    this.slowness *= factor;
  }

  /** … and no longer. */
  speedUp(factor: number): void {
    this.slowness /= factor;
  }

  /** A proxy tries to reach istiod again. */
  reconnect(stream: number): void {
    this.reconnects.fire(stream);
  }

  /** A proxy is back, and asks for everything; of what it has already it takes nothing anew. */
  private readmit(stream: number): void {
    const { istiod, calendar } = this;
    const found = this.streams.get(stream);
    if (found === undefined) return;
    this.ask();
    istiod.connect(stream, found.role);
    const request: PushRequest = { version: this.heard, kinds: new Set(), isForced: true };
    for (const type of XDS_TYPES) istiod.request(calendar.nowNs, stream, type, request);
    this.wait();
    if (!found.isStarting) return;
    found.isStarting = false;
    found.told = this.heard;
    this.started(stream);
  }

  /** The informers hear of a change, and with it of all before it. */
  informed(number: number): void {
    if (this.isDown) return;
    this.ask();
    while (this.heard <= number) {
      const kinds = this.hearNext();
      if (kinds.length === 0) continue;
      this.istiod.event(this.calendar.nowNs, { version: this.heard, kinds: new Set(kinds), isForced: false });
    }
    this.wait();
  }

  /** What the next change is about. */
  private hearNext(): readonly ConfigKind[] {
    const change = this.changes[this.heard++];
    const { configuration } = change;
    if (configuration !== undefined) {
      this.configurations.push({ since: this.heard, version: configuration.version });
      return configuration.kinds.flatMap((kind) => configKind(kind) ?? []);
    }
    const push = this.shards.change(change);
    return push === 'none' ? [] : [push === 'full' ? 'ServiceEntry' : 'Endpoints'];
  }

  /** The version of the configuration after the first changes. */
  configurationAfter(known: number): number {
    return this.configurations.findLast(({ since }) => since <= known)?.version ?? 0;
  }

  /** A proxy asks for the endpoints of clusters that are new to it. */
  endpointsWanted(stream: number): void {
    if (this.isDown || !this.streams.has(stream)) return;
    this.ask();
    this.istiod.request(this.calendar.nowNs, stream, 'eds', { version: this.heard, kinds: new Set(), isForced: false });
    this.wait();
  }

  /** Its time has come. */
  fire(): void {
    this.timer = NOTHING;
    this.timerNs = Number.POSITIVE_INFINITY;
    this.ask();
    this.wait();
  }

  private ask(): void {
    if (this.isDown) return;
    for (const { proxy, type, request } of this.istiod.advance(this.calendar.nowNs)) {
      if (type === 'eds') this.written(proxy, request.version);
      this.writtenConfiguration(proxy, type, request);
    }
  }

  private writtenConfiguration(proxy: number, type: XdsType, { version, kinds, isForced }: PushRequest): void {
    const found = this.streams.get(proxy);
    if (found === undefined || this.configurations.length === 0) return;
    const isRequested = kinds.size === 0 && !isForced;
    const hasEndpoints = isForced || typesOf(kinds, found.role).includes('eds');
    this.tellConfiguration(proxy, { type, version: this.configurationAfter(version), isRequested, hasEndpoints });
  }

  private written(stream: number, version: number): void {
    const found = this.streams.get(stream);
    if (found === undefined || found.told >= version) return;
    const { changes, heard } = this;
    let known = version;
    if (known < heard) {
      const services = this.servicesOf(found.told, version);
      while (known < heard && services.has(changes[known].workload)) known++;
    }
    found.told = known;
    this.tell(stream, known);
  }

  /** What the changes of these numbers are about: of one push it is asked for each stream. */
  private servicesOf(from: number, end: number): ReadonlySet<number> {
    const { last } = this;
    if (last.from === from && last.end === end) return last.services;
    const services = new Set(this.changes.slice(from, end).map(({ workload }) => workload));
    this.last = { from, end, services };
    return services;
  }

  private sleep(): void {
    if (this.timer !== NOTHING) this.calendar.cancel(this.timer);
    this.timer = NOTHING;
    this.timerNs = Number.POSITIVE_INFINITY;
  }

  private wait(): void {
    const { calendar } = this;
    const { nextNs } = this.istiod;
    if (nextNs === this.timerNs) return;
    this.sleep();
    this.timerNs = nextNs;
    this.timer = Number.isFinite(nextNs) ? calendar.schedule(nextNs, PHASE.control, EVENT.istiod, 0) : NOTHING;
  }
}
