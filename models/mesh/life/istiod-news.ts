// istiod in a run: its informers hear of changes of endpoints, and its messages tell proxies how far they know. One replica, which a mesh of a few
// hundred proxies has; endpoints are read when a message is generated, of the services that its push is about (istio: pilot/pkg/xds/eds.go).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import { contextBuildNs, GENERATION_NS } from '../../control-plane/delays.js';
import { ISTIOD_DEFAULTS, Istiod, isEndpointsOnly, type PushRequest } from '../../control-plane/istiod.js';
import { pushThrottle } from '../../control-plane/push-queue.js';
import { type ConfigKind, type ProxyRole, XDS_TYPES } from '../../control-plane/xds-types.js';
import type { MembersChange } from '../balancing/assignments.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
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
  private istiod: Istiod;
  /** How many times istiod is down now. */
  private downs = 0;
  private replicas = 0;
  /** So many times as long as ever takes what istiod begins now. */
  private slowness = 1;
  /** By stream: whose it is, and changes of which messages have told so far. */
  private readonly streams = new Map<number, Stream>();
  private readonly reconnects: Reconnects;
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
    while (this.heard < this.changes.length) this.shards.change(this.changes[this.heard++]);
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
      const push = this.shards.change(this.changes[this.heard++]);
      if (push === 'none') continue;
      const kind: ConfigKind = push === 'full' ? 'ServiceEntry' : 'Endpoints';
      this.istiod.event(this.calendar.nowNs, { version: this.heard, kinds: new Set([kind]), isForced: false });
    }
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
    }
  }

  private written(stream: number, version: number): void {
    const found = this.streams.get(stream);
    if (found === undefined || found.told >= version) return;
    const { changes, heard } = this;
    const services = new Set(changes.slice(found.told, version).map(({ workload }) => workload));
    let known = version;
    while (known < heard && services.has(changes[known].workload)) known++;
    found.told = known;
    this.tell(stream, known);
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
