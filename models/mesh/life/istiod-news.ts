// istiod in a run: its informers hear of changes of endpoints, and its messages tell proxies how far they know. One replica, which a mesh of a few
// hundred proxies has; endpoints are read when a message is generated, of the services that its push is about (istio: pilot/pkg/xds/eds.go).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import { contextBuildNs, GENERATION_NS } from '../../control-plane/delays.js';
import { ISTIOD_DEFAULTS, Istiod, isEndpointsOnly } from '../../control-plane/istiod.js';
import { pushThrottle } from '../../control-plane/push-queue.js';
import type { ConfigKind, ProxyRole } from '../../control-plane/xds-types.js';
import type { MembersChange } from '../balancing/assignments.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { EndpointShards } from './endpoint-shards.js';

/** CPUs of istiod: an assumption, which decides how many proxies it tells at once. */
const CORES = 2;

export class IstiodNews {
  /** Changes that its informers have heard of. */
  heard = 0;
  private readonly istiod: Istiod;
  /** By stream: changes of which messages have told so far. */
  private readonly told = new Map<number, number>();
  private timer = NOTHING;
  private timerNs = Number.POSITIVE_INFINITY;

  /**
   * @param changes of the run, in their order
   * @param tell whoever hears by a stream that the first `known` changes are known there
   */
  constructor(
    seed: string,
    private readonly calendar: Calendar,
    services: number,
    private readonly shards: EndpointShards,
    private readonly changes: readonly MembersChange[],
    private readonly tell: (stream: number, known: number) => void,
  ) {
    this.istiod = new Istiod(
      {
        ...ISTIOD_DEFAULTS,
        slots: pushThrottle(CORES),
        contextNs: (request) => contextBuildNs(services, isEndpointsOnly(request)),
        generationNs: (_proxy, type) => GENERATION_NS[type],
      },
      componentStream(seed, 'istiod'),
    );
  }

  /** A proxy opens its stream, and is told of everything as istiod knows it. */
  connect(stream: number, role: ProxyRole): void {
    this.istiod.connect(stream, role);
    this.told.set(stream, this.heard);
  }

  disconnect(stream: number): void {
    this.ask();
    this.istiod.disconnect(this.calendar.nowNs, stream);
    this.told.delete(stream);
    this.wait();
  }

  /** Whether any proxy has a stream. */
  get hasStreams(): boolean {
    return this.told.size > 0;
  }

  /** What was told by a stream, or is on its way. */
  toldBy(stream: number): number {
    return this.told.get(stream) ?? this.heard;
  }

  /** The informers hear of a change, and with it of all before it. */
  informed(number: number): void {
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
    for (const { proxy, type, request } of this.istiod.advance(this.calendar.nowNs)) {
      if (type === 'eds') this.written(proxy, request.version);
    }
  }

  private written(stream: number, version: number): void {
    const before = this.told.get(stream);
    if (before === undefined || before >= version) return;
    const { changes, heard } = this;
    const services = new Set(changes.slice(before, version).map(({ workload }) => workload));
    let known = version;
    while (known < heard && services.has(changes[known].workload)) known++;
    this.told.set(stream, known);
    this.tell(stream, known);
  }

  private wait(): void {
    const { calendar, timer } = this;
    const { nextNs } = this.istiod;
    if (nextNs === this.timerNs) return;
    if (timer !== NOTHING) calendar.cancel(timer);
    this.timerNs = nextNs;
    this.timer = Number.isFinite(nextNs) ? calendar.schedule(nextNs, PHASE.control, EVENT.istiod, 0) : NOTHING;
  }
}
