// The floor: what the machine could do. The events that a mesh has at an attempt (the request reaches the application, its CPU is done, the response is
// back), with keyed draws, the choice of two hosts, stacks of free connections, outlier counters, histograms and counters, in flat typed arrays of one
// function, without any policy that does not act. Seatrial is held against it: what is missing to 1 is what policies and their data cost.

const NS_PER_S = 1_000_000_000;
/** Calls that may be under way. */
const CALLS = 1 << 17;
const MASK = CALLS - 1;
const BUCKETS = 1024;
const WORKERS = 2;

export interface FloorService {
  readonly pods: number;
  /** Numbers of the services that it calls. */
  readonly calls: readonly number[];
  /** Pods from this one on make calls. */
  readonly callsFrom: number;
}

export interface FloorShape {
  /** Service 0 is the one that requests enter at. */
  readonly services: readonly FloorService[];
  /** Calls of a service go out at once, or one after the other. */
  readonly parallel: boolean;
  readonly ratePerSecond: number;
  /** Mean CPU of a request, exponential. */
  readonly cpuNs: number;
  readonly oneWayNs: number;
}

export interface FloorCounts {
  readonly attempts: number;
  readonly events: number;
}

/** Bookinfo as bench/plans.ts has it: productpage → details, reviews; two thirds of reviews → ratings. */
export const BOOKINFO_FLOOR: FloorShape = {
  services: [
    { pods: 4, calls: [1, 2], callsFrom: 0 },
    { pods: 4, calls: [], callsFrom: 0 },
    { pods: 6, calls: [3], callsFrom: 2 },
    { pods: 4, calls: [], callsFrom: 0 },
  ],
  parallel: false,
  ratePerSecond: 1000,
  cpuNs: 1_000_000,
  oneWayNs: 350_000,
};

/** A tree of services (tree.ts). */
export function treeFloor(services: number, branches: number, ratePerSecond: number): FloorShape {
  return {
    services: Array.from({ length: services }, (_, service) => ({
      pods: 2,
      calls: Array.from({ length: branches }, (_none, i) => service * branches + 1 + i).filter((to) => to < services),
      callsFrom: 0,
    })),
    parallel: true,
    ratePerSecond,
    cpuNs: 200_000,
    oneWayNs: 350_000,
  };
}

export function runFloor(shape: FloorShape, seconds: number): FloorCounts {
  const { services, parallel, ratePerSecond, cpuNs, oneWayNs } = shape;
  const endNs = seconds * NS_PER_S;
  const count = services.length;
  const firstPod = Int32Array.from(services, (_, i) => services.slice(0, i).reduce((sum, { pods }) => sum + pods, 0));
  const podsOf = Int32Array.from(services, ({ pods }) => pods);
  const callsFrom = Int32Array.from(services, ({ callsFrom: from }) => from);
  const calls = Int32Array.from(services.flatMap((service) => service.calls));
  const firstCall = new Int32Array(count + 1);
  services.forEach((service, from) => {
    firstCall[from + 1] = firstCall[from] + service.calls.length;
  });
  const callerOf = new Int32Array(count).fill(-1);
  services.forEach((service, from) => {
    for (const to of service.calls) callerOf[to] = from;
  });
  // A cell is a pod as a pod of its caller sees it; those of one caller's pod stand together.
  const firstCell = new Int32Array(count);
  const firstClient = new Int32Array(count);
  let cells = 0;
  let clients = 0;
  for (let service = 0; service < count; service++) {
    firstCell[service] = cells;
    firstClient[service] = clients;
    const callers = callerOf[service] < 0 ? 1 : podsOf[callerOf[service]];
    cells += callers * podsOf[service];
    clients += callers;
  }
  const pods = firstPod[count - 1] + podsOf[count - 1];
  const active = new Int32Array(cells);
  const free = new Int32Array(cells * WORKERS);
  const failures = new Int32Array(cells);
  const clientActive = new Int32Array(clients);
  const clientTotal = new Float64Array(clients);
  const held = new Int32Array(pods);
  const heldNs = new Float64Array(pods);
  const changedNs = new Float64Array(pods);
  const service = new Int32Array(CALLS);
  const callerPod = new Int32Array(CALLS);
  const hostPod = new Int32Array(CALLS);
  const parentOf = new Int32Array(CALLS);
  /** The next call of a sequence; calls at once that are still under way. */
  const step = new Int32Array(CALLS);
  const keyHi = new Int32Array(CALLS);
  const keyLo = new Int32Array(CALLS);
  const startedNs = new Float64Array(CALLS);
  const visitNs = new Float64Array(CALLS);
  const spare = Int32Array.from({ length: CALLS }, (_, i) => CALLS - 1 - i);
  let spares = CALLS;
  const buckets = new Float64Array(2 * count * BUCKETS);
  const sums = new Float64Array(2 * count);
  const largest = new Float64Array(2 * count);
  const float = new Float64Array(1);
  const words = new Int32Array(float.buffer);
  const record = (histogram: number, value: number): void => {
    float[0] = value;
    buckets[histogram * BUCKETS + ((words[1] >> 13) & (BUCKETS - 1))]++;
    sums[histogram] += value;
    if (value > largest[histogram]) largest[histogram] = value;
  };
  let x0 = 0;
  let x1 = 0;
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  // Threefry-2x32 with 13 rounds, as sim/random/threefry.ts has it.
  const block = (k0: number, k1: number, c0: number, c1: number): void => {
    const k2 = 0x1bd11bda ^ k0 ^ k1;
    let a = (c0 + k0) | 0;
    let b = (c1 + k1) | 0;
    a = (a + b) | 0;
    b = rotate(b, 13) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 15) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 26) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 6) ^ a;
    a = (a + k1) | 0;
    b = (b + k2 + 1) | 0;
    a = (a + b) | 0;
    b = rotate(b, 17) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 29) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 16) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 24) ^ a;
    a = (a + k2) | 0;
    b = (b + k0 + 2) | 0;
    a = (a + b) | 0;
    b = rotate(b, 13) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 15) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 26) ^ a;
    a = (a + b) | 0;
    b = rotate(b, 6) ^ a;
    a = (a + k0) | 0;
    b = (b + k1 + 3) | 0;
    a = (a + b) | 0;
    x1 = rotate(b, 17) ^ a;
    x0 = a;
  };
  const uniform = (): number => ((x0 >>> 6) * 67108864 + (x1 >>> 6) + 0.5) * 2.220446049250313e-16;

  // The calendar: a heap, and two lanes of constant delay.
  const heapNs = new Float64Array(CALLS);
  const heapOrder = new Float64Array(CALLS);
  const heapRef = new Int32Array(CALLS);
  let heapSize = 0;
  let order = 0;
  const thereNs = new Float64Array(CALLS);
  const thereOrder = new Float64Array(CALLS);
  const thereRef = new Int32Array(CALLS);
  let thereHead = 0;
  let thereSize = 0;
  const backNs = new Float64Array(CALLS);
  const backOrder = new Float64Array(CALLS);
  const backRef = new Int32Array(CALLS);
  let backHead = 0;
  let backSize = 0;
  const push = (atNs: number, ref: number): void => {
    const own = order++;
    let at = heapSize++;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (heapNs[up] < atNs || (heapNs[up] === atNs && heapOrder[up] < own)) break;
      heapNs[at] = heapNs[up];
      heapOrder[at] = heapOrder[up];
      heapRef[at] = heapRef[up];
      at = up;
    }
    heapNs[at] = atNs;
    heapOrder[at] = own;
    heapRef[at] = ref;
  };
  const pop = (): void => {
    const last = --heapSize;
    const atNs = heapNs[last];
    const own = heapOrder[last];
    const ref = heapRef[last];
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heapSize) break;
      const other = down + 1;
      const isOther =
        other < heapSize &&
        (heapNs[other] < heapNs[down] || (heapNs[other] === heapNs[down] && heapOrder[other] < heapOrder[down]));
      if (isOther) down = other;
      if (atNs < heapNs[down] || (atNs === heapNs[down] && own < heapOrder[down])) break;
      heapNs[at] = heapNs[down];
      heapOrder[at] = heapOrder[down];
      heapRef[at] = heapRef[down];
      at = down;
    }
    heapNs[at] = atNs;
    heapOrder[at] = own;
    heapRef[at] = ref;
  };

  let nowNs = 0;
  let events = 0;
  let attempts = 0;
  let requests = 0;
  const start = (to: number, caller: number, parent: number, hi: number, lo: number): void => {
    const call = spare[--spares];
    const hosts = podsOf[to];
    const client = firstClient[to] + caller;
    const base = firstCell[to] + caller * hosts;
    block(11, 12, hi, lo);
    const one = Math.floor((x0 >>> 0) * 2.3283064365386963e-10 * hosts);
    const other = Math.floor((x1 >>> 0) * 2.3283064365386963e-10 * hosts);
    const host = active[base + other] < active[base + one] ? other : one;
    const connections = (base + host) * WORKERS + ((lo >>> 8) & 1);
    service[call] = to;
    callerPod[call] = caller;
    hostPod[call] = host;
    parentOf[call] = parent;
    step[call] = 0;
    keyHi[call] = hi;
    keyLo[call] = lo;
    startedNs[call] = nowNs;
    if (free[connections] > 0) free[connections]--;
    active[base + host]++;
    clientActive[client]++;
    clientTotal[client]++;
    attempts++;
    const place = (thereHead + thereSize++) & MASK;
    thereNs[place] = nowNs + oneWayNs;
    thereOrder[place] = order++;
    thereRef[place] = call;
  };
  const change = (pod: number, by: number): void => {
    heldNs[pod] += held[pod] * (nowNs - changedNs[pod]);
    changedNs[pod] = nowNs;
    held[pod] += by;
  };
  const leave = (call: number): void => {
    change(firstPod[service[call]] + hostPod[call], -1);
    record(count + service[call], nowNs - visitNs[call]);
    const place = (backHead + backSize++) & MASK;
    backNs[place] = nowNs + oneWayNs;
    backOrder[place] = order++;
    backRef[place] = call;
  };
  const work = (call: number): void => {
    block(21, 22, keyHi[call], keyLo[call]);
    push(Math.ceil(nowNs - Math.log(uniform()) * cpuNs), call);
  };
  /** The next call of a program, all calls where they go out at once, or its end. */
  const goOn = (call: number): void => {
    const from = service[call];
    const first = firstCall[from];
    const size = firstCall[from + 1] - first;
    const done = step[call];
    const pod = hostPod[call];
    if (done >= size || pod < callsFrom[from]) {
      leave(call);
      return;
    }
    const last = parallel ? size : done + 1;
    const hi = keyHi[call];
    const lo = keyLo[call];
    step[call] = last;
    for (let i = done; i < last; i++) {
      block(hi, lo, i + 1, 0);
      start(calls[first + i], pod, call, x0, x1);
    }
  };
  const answered = (call: number): void => {
    const to = service[call];
    const base = firstCell[to] + callerPod[call] * podsOf[to] + hostPod[call];
    active[base]--;
    clientActive[firstClient[to] + callerPod[call]]--;
    free[base * WORKERS + ((keyLo[call] >>> 8) & 1)]++;
    failures[base] = 0;
    record(to, nowNs - startedNs[call]);
    const parent = parentOf[call];
    spare[spares++] = call;
    if (parent < 0) return;
    if (!parallel) goOn(parent);
    else if (--step[parent] === 0) leave(parent);
  };

  push(1, -1);
  for (;;) {
    let atNs = heapNs[0];
    let own = heapOrder[0];
    let source = 0;
    if (thereSize > 0 && (thereNs[thereHead] < atNs || (thereNs[thereHead] === atNs && thereOrder[thereHead] < own))) {
      atNs = thereNs[thereHead];
      own = thereOrder[thereHead];
      source = 1;
    }
    if (backSize > 0 && (backNs[backHead] < atNs || (backNs[backHead] === atNs && backOrder[backHead] < own))) {
      atNs = backNs[backHead];
      source = 2;
    }
    if (atNs > endNs) break;
    nowNs = atNs;
    events++;
    if (source === 1) {
      const call = thereRef[thereHead];
      thereHead = (thereHead + 1) & MASK;
      thereSize--;
      visitNs[call] = nowNs;
      change(firstPod[service[call]] + hostPod[call], 1);
      work(call);
    } else if (source === 2) {
      const call = backRef[backHead];
      backHead = (backHead + 1) & MASK;
      backSize--;
      answered(call);
    } else {
      const call = heapRef[0];
      pop();
      if (call >= 0) {
        goOn(call);
      } else {
        block(1, 2, 0, requests);
        push(Math.ceil(nowNs - (Math.log(uniform()) / ratePerSecond) * NS_PER_S), -1);
        block(3, 4, 0, requests++);
        start(0, 0, -1, x0, x1);
      }
    }
  }
  return { attempts, events };
}
