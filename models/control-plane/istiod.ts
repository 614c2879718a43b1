// One replica of istiod, from what its informers tell to the messages that it writes to its proxies: debounce, context,
// queue, streams. Replicas share nothing: each has its own informers, its own phase of the debounce and its own
// proxies.
import type { Sfc32 } from '../../sim/random/sfc32.js';
import { Debounce, type DebounceOptions, ISTIO_DEBOUNCE } from './debounce.js';
import { type Push, PushQueue, pushOrder } from './push-queue.js';
import { NEVER_NS } from './time.js';
import { type Generation, XdsStream } from './xds-stream.js';
import { type ConfigKind, type ProxyRole, typesOf, XDS_TYPES, type XdsType } from './xds-types.js';

/** What a push is about. */
export interface PushRequest {
  /**
   * The newest configuration that the replica has heard of, as a number that grows; endpoints are read when a message
   * is generated.
   */
  readonly version: number;
  readonly kinds: ReadonlySet<ConfigKind>;
  /** Everything is generated, for everybody (MeshConfig, a reconnect). */
  readonly isForced: boolean;
}

/** istio: pilot/pkg/model/push_context.go (PushRequest.Merge). */
export function mergeRequests(older: PushRequest, newer: PushRequest): PushRequest {
  return {
    version: Math.max(older.version, newer.version),
    kinds: new Set([...older.kinds, ...newer.kinds]),
    isForced: older.isForced || newer.isForced,
  };
}

/** Only endpoints of known services have changed. */
export function isEndpointsOnly({ kinds, isForced }: PushRequest): boolean {
  return !isForced && kinds.size === 1 && kinds.has('Endpoints');
}

export interface IstiodOptions {
  readonly debounce: DebounceOptions;
  /**
   * PILOT_ENABLE_EDS_DEBOUNCE: else changes of endpoints alone start a push of their own at once, which may overtake
   * another or be overtaken.
   */
  readonly debouncesEndpoints: boolean;
  /** Pushes at once, see `pushThrottle`. */
  readonly slots: number;
  /** Time to build the context of a push, >= 0. */
  contextNs(request: PushRequest): number;
  /** Time to generate and write one type for one proxy, >= 0. */
  generationNs(proxy: number, type: XdsType, request: PushRequest): number;
}

export const ISTIOD_DEFAULTS: Pick<IstiodOptions, 'debounce' | 'debouncesEndpoints'> = {
  debounce: ISTIO_DEBOUNCE,
  debouncesEndpoints: true,
};

/** A message that a replica has written to one of its proxies. */
export interface XdsMessage {
  readonly proxy: number;
  readonly type: XdsType;
  readonly request: PushRequest;
  /** It arrives after the network's delay; messages to one proxy keep their order. */
  readonly writtenNs: number;
}

interface Content {
  readonly type: XdsType;
  readonly request: PushRequest;
}

interface Building {
  readonly builtNs: number;
  readonly request: PushRequest;
  /** Started by the debounce, which waits for its end. */
  readonly isDebounced: boolean;
}

/**
 * Messages come out of `advance` alone, which is to be called at `nextNs`; everything that is due earlier has to be
 * asked for first.
 */
export class Istiod {
  private readonly debounce: Debounce<PushRequest>;
  private readonly queue: PushQueue<PushRequest>;
  private readonly proxies = new Map<number, { readonly role: ProxyRole; readonly stream: XdsStream<Content> }>();
  /** Proxies whose streams generate something. */
  private readonly busy = new Set<number>();
  private building: readonly Building[] = [];

  /** @param stream the replica's own, for the order in which proxies are enqueued */
  constructor(
    private readonly options: IstiodOptions,
    private readonly stream: Sfc32,
  ) {
    this.debounce = new Debounce(mergeRequests, options.debounce);
    this.queue = new PushQueue(options.slots, mergeRequests);
  }

  /** When `advance` is to be called; `NEVER_NS`: not before another event. */
  get nextNs(): number {
    let nextNs = this.debounce.nextNs;
    for (const { builtNs } of this.building) nextNs = Math.min(nextNs, builtNs);
    for (const proxy of this.busy) nextNs = Math.min(nextNs, this.proxies.get(proxy)?.stream.nextNs ?? NEVER_NS);
    return nextNs;
  }

  /** A proxy's stream has been admitted. It asks for what it wants (`request`); later pushes reach it. */
  connect(proxy: number, role: ProxyRole): void {
    this.proxies.set(proxy, { role, stream: new XdsStream() });
  }

  /** Its stream has ended: what has been generated for it and not been written is lost, and its slot is another's. */
  disconnect(nowNs: number, proxy: number): void {
    this.proxies.delete(proxy);
    this.busy.delete(proxy);
    this.queue.forget(proxy);
    this.queue.done(proxy);
    this.startPushes(nowNs);
  }

  /** An informer of this replica has heard of a change. */
  event(nowNs: number, request: PushRequest): void {
    if (!this.options.debouncesEndpoints && isEndpointsOnly(request)) this.build(nowNs, request, false);
    else this.debounce.event(nowNs, request);
  }

  /**
   * A proxy asks for a type: what it wants to know about a new cluster or a new listener, or everything after it has
   * connected.
   */
  request(nowNs: number, proxy: number, type: XdsType, request: PushRequest): void {
    const connected = this.proxies.get(proxy);
    if (connected === undefined) return;
    connected.stream.request(nowNs, this.generation(proxy, type, request));
    this.busy.add(proxy);
  }

  /** All that has been written up to `nowNs`, by time. */
  advance(nowNs: number): readonly XdsMessage[] {
    const messages: XdsMessage[] = [];
    for (let atNs = this.nextNs; atNs <= nowNs && atNs !== NEVER_NS; atNs = this.nextNs) this.step(atNs, messages);
    return messages;
  }

  private step(atNs: number, messages: XdsMessage[]): void {
    for (const proxy of this.busy) {
      const stream = this.proxies.get(proxy)?.stream;
      if (stream === undefined || stream.nextNs > atNs) continue;
      const { written, isPushDone } = stream.advance(atNs);
      for (const { content, writtenNs } of written) messages.push({ proxy, ...content, writtenNs });
      if (isPushDone) this.queue.done(proxy);
      if (stream.nextNs === NEVER_NS) this.busy.delete(proxy);
    }
    for (const built of this.building.filter(({ builtNs }) => builtNs <= atNs)) {
      this.building = this.building.filter((other) => other !== built);
      for (const proxy of pushOrder(this.proxies.keys(), this.stream)) this.queue.enqueue(proxy, built.request);
      if (built.isDebounced) this.start(atNs, this.debounce.freed(atNs));
    }
    if (this.debounce.nextNs <= atNs) this.start(atNs, this.debounce.timer(atNs));
    this.startPushes(atNs);
  }

  private startPushes(nowNs: number): void {
    for (let push = this.queue.take(); push !== null; push = this.queue.take()) this.startPush(nowNs, push);
  }

  private start(nowNs: number, request: PushRequest | null): void {
    if (request !== null) this.build(nowNs, request, true);
  }

  private build(nowNs: number, request: PushRequest, isDebounced: boolean): void {
    const builtNs = nowNs + this.options.contextNs(request);
    this.building = [...this.building, { builtNs, request, isDebounced }];
  }

  private startPush(nowNs: number, { proxy, request }: Push<PushRequest>): void {
    const connected = this.proxies.get(proxy);
    if (connected === undefined) {
      this.queue.done(proxy);
      return;
    }
    const types = request.isForced ? XDS_TYPES : typesOf(request.kinds, connected.role);
    this.busy.add(proxy);
    connected.stream.startPush(
      nowNs,
      types.map((type) => this.generation(proxy, type, request)),
    );
  }

  private generation(proxy: number, type: XdsType, request: PushRequest): Generation<Content> {
    return { content: { type, request }, takesNs: this.options.generationNs(proxy, type, request) };
  }
}
