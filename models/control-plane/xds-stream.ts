// One proxy's stream at istiod: what is generated for the proxy is generated one after another, and written as soon as
// it is. A push is a row of types; what the proxy itself asks for (a new cluster's endpoints, a new route table) waits
// until a push that has begun is written, and goes before one that has not (istio: pilot/pkg/xds/delta.go, StreamDeltas
// and pushConnectionDelta).
import { NEVER_NS } from './time.js';

/** One message to be generated. */
export interface Generation<Content> {
  readonly content: Content;
  /** Time that istiod takes to generate and write it, >= 0. */
  readonly takesNs: number;
}

/** A message that has been written; it arrives after the network's delay, in order. */
export interface Written<Content> {
  readonly content: Content;
  readonly writtenNs: number;
}

interface Job<Content> {
  readonly steps: readonly Generation<Content>[];
  readonly isPush: boolean;
}

/** What a stream has done since it was asked last. */
export interface StreamProgress<Content> {
  readonly written: readonly Written<Content>[];
  /** The push has been written as a whole: its slot is free. */
  readonly isPushDone: boolean;
}

export class XdsStream<Content> {
  private requests: Job<Content>[] = [];
  private push: Job<Content> | null = null;
  private running: Job<Content> | null = null;
  private step = 0;
  private stepEndsNs = NEVER_NS;

  /** When `advance` is to be called. */
  get nextNs(): number {
    return this.stepEndsNs;
  }

  /** The proxy asks for something. */
  request(nowNs: number, step: Generation<Content>): void {
    this.requests.push({ steps: [step], isPush: false });
    if (this.running === null) this.begin(nowNs);
  }

  /**
   * A push that has a slot: at most one at a time, which the queue sees to. Without steps it is done at the next
   * `advance`.
   */
  startPush(nowNs: number, steps: readonly Generation<Content>[]): void {
    this.push = { steps, isPush: true };
    if (this.running === null) this.begin(nowNs);
  }

  /** What has been written up to `nowNs`. */
  advance(nowNs: number): StreamProgress<Content> {
    const written: Written<Content>[] = [];
    let isPushDone = false;
    while (this.running !== null && this.stepEndsNs <= nowNs) {
      const { steps, isPush } = this.running;
      const endedNs = this.stepEndsNs;
      if (this.step < steps.length) {
        written.push({ content: steps[this.step].content, writtenNs: endedNs });
        this.step++;
      }
      if (this.step < steps.length) {
        this.stepEndsNs = endedNs + steps[this.step].takesNs;
      } else {
        isPushDone ||= isPush;
        this.begin(endedNs);
      }
    }
    return { written, isPushDone };
  }

  private begin(nowNs: number): void {
    const [request] = this.requests;
    if (request !== undefined) {
      this.requests = this.requests.slice(1);
      this.running = request;
    } else {
      this.running = this.push;
      this.push = null;
    }
    this.step = 0;
    this.stepEndsNs = this.running === null ? NEVER_NS : nowNs + (this.running.steps[0]?.takesNs ?? 0);
  }
}
