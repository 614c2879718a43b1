// The fault filter of the caller's proxy (envoy: source/extensions/filters/http/fault/fault_filter.cc): a delay and an abort, drawn
// independently, once a request, before the router: retries never meet them again.
import { Draws } from '../../sim/random/draws.js';
import type { Call } from './objects.js';

export class FaultFilter {
  private readonly delayDraws: Draws;
  private readonly abortDraws: Draws;

  constructor(seed: string) {
    this.delayDraws = new Draws(seed, 'fault delay');
    this.abortDraws = new Draws(seed, 'fault abort');
  }

  /** Whether this request is held for the delay of its route. */
  delays(call: Call): boolean {
    const { delayBelow, delayLane } = call.site;
    return delayBelow > 0 && delayLane >= 0 && this.delayDraws.uniform(call.keyHi, call.keyLo) < delayBelow;
  }

  /** Whether this request is answered with the abort status of its route. */
  aborts(call: Call): boolean {
    const { abortBelow } = call.site;
    return abortBelow > 0 && this.abortDraws.uniform(call.keyHi, call.keyLo) < abortBelow;
  }
}
