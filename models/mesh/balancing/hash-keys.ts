// The hash of a request for consistent hashing: the hash policies of its route, one after the other (envoy: source/common/http/hash_policy.cc). The
// texts of a request class are hashed when the plan is made ready; a number of its user is mixed in per request. Mixing and the keys of addresses are
// by Threefry, which is as good as xxHash64 of the whole text: a key's place on the ring is anywhere.

import { Threefry } from '../../../sim/random/threefry.js';
import { XxHash64 } from '../../../sim/random/xxhash64.js';
import type { HashKeyPlan, MeshPlan } from '../../plan/contract/plan.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import type { HashKeyRt } from '../state/runtime.js';
import { attributeNames, RequestAttributes } from './request-attributes.js';

export const HASH_KEY = { text: 0, cookie: 1, sourceIp: 2 } as const;

/** Makes the hash policies of one destination ready. */
export function hashKeysRt(plan: MeshPlan, keys: readonly HashKeyPlan[]): readonly HashKeyRt[] {
  if (keys.length === 0) return [];
  const names = attributeNames(plan);
  return keys.map((key) => hashKeyRt(key, names));
}

function hashKeyRt(key: HashKeyPlan, names: readonly string[]): HashKeyRt {
  switch (key.kind) {
    case 'text': {
      const hash = new XxHash64();
      hash.text(key.parts.map((part) => (typeof part === 'string' ? part : `{${part.attribute}}`)).join(''));
      const attributes = key.parts.flatMap((part) => (typeof part === 'string' ? [] : [names.indexOf(part.attribute)]));
      return { kind: HASH_KEY.text, hi: hash.hi, lo: hash.lo, attributes };
    }
    case 'cookie':
      return { kind: HASH_KEY.cookie, hi: 0, lo: 0, attributes: [] };
    case 'source-ip':
      return { kind: HASH_KEY.sourceIp, hi: 0, lo: 0, attributes: [] };
  }
}

/** Keys the mixtures by what they are of. */
const OF = { attribute: 1, connection: 2, call: 3, client: 4, pod: 5, source: 6 } as const;

export class HashKeys {
  /** The last hash. */
  hi = 0;
  lo = 0;
  private readonly attributes: RequestAttributes;
  private readonly cipher = new Threefry();
  private readonly user: number;
  private readonly session: number;
  private readonly address: number;
  /** By attribute: stands for its name. */
  private readonly attributeKeys: Int32Array;
  /** By request of the traffic: stands for the name of its source, and the first of the source's connections of a closed loop. */
  private readonly sourceKeys: Int32Array;
  private readonly firstLoops: Int32Array;

  constructor(seed: string, plan: MeshPlan) {
    this.attributes = new RequestAttributes(seed, plan);
    this.user = this.attributes.id('user');
    this.session = this.attributes.id('session');
    this.address = this.attributes.id('address');
    this.attributeKeys = Int32Array.from(attributeNames(plan), keyOf);
    this.sourceKeys = Int32Array.from(plan.traffic.flatMap(({ name, requests }) => requests.map(() => keyOf(name))));
    this.firstLoops = Int32Array.from(firstLoops(plan));
  }

  /** Computes the hash of a call for its destination; false where no policy finds anything. */
  of(call: Call): boolean {
    const keys = call.destination?.hash;
    if (keys === undefined || keys.length === 0) return false;
    let hi = 0;
    let lo = 0;
    for (let i = 0; i < keys.length; i++) {
      this.one(keys[i], call);
      // The hash so far, rotated by one bit, and the next one.
      const carried = (hi << 1) | (lo >>> 31);
      lo = ((lo << 1) | (hi >>> 31)) ^ this.lo;
      hi = carried ^ this.hi;
    }
    this.hi = hi;
    this.lo = lo;
    return true;
  }

  private one(key: HashKeyRt, call: Call): void {
    switch (key.kind) {
      case HASH_KEY.text:
        this.hi = key.hi;
        this.lo = key.lo;
        for (let i = 0; i < key.attributes.length; i++) {
          const value = this.attributes.value(key.attributes[i], call);
          if (value > 0) this.mix(this.hi, this.lo, OF.attribute, value);
        }
        return;
      case HASH_KEY.cookie:
        this.cookie(call);
        return;
      default:
        this.sourceAddress(call);
    }
  }

  /**
   * The proxy's cookie comes back with the later requests of a session, of a user, or of a connection of a closed loop, where clients talk to this proxy;
   * applications keep no cookies, so theirs is a new one with each call.
   */
  private cookie(call: Call): void {
    if (!servesClients(call)) this.mix(call.keyHi, call.keyLo, OF.call, 0);
    else if (!this.person(call, this.session)) this.fromClient(call);
  }

  /** The address of the caller's pod, or of the client that talks to a gateway. */
  private sourceAddress(call: Call): void {
    const { kind } = call.pod.plan;
    if (kind !== 'gateway' && kind !== 'waypoint') {
      const { addressHi, addressLo } = call.pod;
      this.mix(addressHi, addressLo, OF.pod, 0);
    } else if (!this.person(call, this.address)) {
      if (call.originLoop === NOTHING) this.mix(call.originHi, call.originLo, OF.client, 0);
      else this.mix(0, this.sourceKeys[call.origin], OF.source, 0);
    }
  }

  /** By this attribute, else by the user; false where the request has neither. */
  private person(call: Call, attribute: number): boolean {
    const value = this.attributes.value(attribute, call);
    if (value > 0) {
      this.mix(0, this.attributeKeys[attribute], OF.attribute, value);
      return true;
    }
    const user = this.attributes.value(this.user, call);
    if (user > 0) this.mix(0, this.attributeKeys[this.user], OF.attribute, user);
    return user > 0;
  }

  private fromClient(call: Call): void {
    if (call.originLoop === NOTHING) this.mix(call.originHi, call.originLo, OF.client, 0);
    else {
      const { origin, originLoop } = call;
      this.mix(0, this.sourceKeys[origin], OF.connection, originLoop - this.firstLoops[origin]);
    }
  }

  private mix(hi: number, lo: number, what: number, value: number): void {
    this.cipher.block(hi, lo, what, value);
    this.hi = this.cipher.x0;
    this.lo = this.cipher.x1;
  }
}

function keyOf(name: string): number {
  const hash = new XxHash64();
  hash.text(name);
  return hash.lo;
}

/** By request of the traffic, as Traffic numbers the connections. */
function firstLoops({ traffic }: MeshPlan): number[] {
  let next = 0;
  return traffic.flatMap(({ arrival, requests }) => {
    const first = next;
    if (arrival.kind === 'closed') next += arrival.connections;
    return requests.map(() => first);
  });
}

/** Whether the clients of the traffic talk to the proxy that makes the call. */
function servesClients(call: Call): boolean {
  return call.trafficRequest !== NOTHING || call.pod.plan.kind === 'gateway';
}
