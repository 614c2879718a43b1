// Changes, cases CH-30 to CH-34, CH-39 and CH-40: from an event at istiod to its messages, proxies that come back, and
// what ambient proxies and Linkerd's find out by themselves. The sources are named in
// models/control-plane/{debounce,push-queue,xds-stream,reconnect,pings,ztunnel,linkerd-discovery}.ts.
import { describe, expect, it } from 'vitest';
import { Debounce } from '../../models/control-plane/debounce.js';
import { ISTIOD_DEFAULTS, Istiod, type PushRequest } from '../../models/control-plane/istiod.js';
import { FailfastGate } from '../../models/control-plane/linkerd-discovery.js';
import { foundDeadNs } from '../../models/control-plane/pings.js';
import { PushQueue } from '../../models/control-plane/push-queue.js';
import { admissionRatePerSecond, ReconnectBackoff, StreamAdmission } from '../../models/control-plane/reconnect.js';
import { MS_NS, S_NS } from '../../models/control-plane/time.js';
import { XdsStream } from '../../models/control-plane/xds-stream.js';
import { restartDrainNs, TUNNEL_PINGS } from '../../models/control-plane/ztunnel.js';
import { componentStream } from '../../sim/random/stream.js';

describe('CH-30: events at 0, 50 and 120 ms', () => {
  it('CH-30: timers at 100, 150 and 220 ms; the push starts with the last', () => {
    const debounce = new Debounce<number>(Math.max);
    debounce.event(0, 1);
    const timers = [debounce.nextNs];
    debounce.event(50 * MS_NS, 2);
    expect(debounce.timer(100 * MS_NS)).toBeNull();
    timers.push(debounce.nextNs);
    debounce.event(120 * MS_NS, 3);
    expect(debounce.timer(150 * MS_NS)).toBeNull();
    timers.push(debounce.nextNs);
    expect(timers).toEqual([100 * MS_NS, 150 * MS_NS, 220 * MS_NS]);
    expect(debounce.timer(220 * MS_NS)).toBe(3);
  });
});

describe('CH-31: events every 60 ms', () => {
  it('CH-31: the push starts after 10 s; the next debounce begins with the event that follows', () => {
    const debounce = new Debounce<number>((older) => older);
    const started: (readonly [firstMs: number, startMs: number])[] = [];
    for (let eventNs = 0; eventNs <= 21 * S_NS; eventNs += 60 * MS_NS) {
      while (debounce.nextNs < eventNs) {
        const atNs = debounce.nextNs;
        const firstNs = debounce.timer(atNs);
        if (firstNs === null) continue;
        started.push([firstNs / MS_NS, atNs / MS_NS]);
        debounce.freed(atNs);
      }
      debounce.event(eventNs, eventNs);
    }
    expect(started).toEqual([
      [0, 10_000],
      [10_020, 20_020],
    ]);
  });
});

describe('CH-32: 100 proxies, 25 at once, 20 ms each', () => {
  const about = (version: number): PushRequest => ({ version, kinds: new Set(['Endpoints']), isForced: false });

  it('CH-32: the last one is done after 80 ms', () => {
    const istiod = new Istiod(
      { ...ISTIOD_DEFAULTS, slots: 25, contextNs: () => 0, generationNs: () => 20 * MS_NS },
      componentStream('s', 'istiod'),
    );
    for (let proxy = 0; proxy < 100; proxy++) istiod.connect(proxy, 'sidecar');
    istiod.event(0, about(1));
    const doneMs = istiod.advance(S_NS).map(({ writtenNs }) => writtenNs / MS_NS - 100);
    expect([doneMs.length, doneMs[24], doneMs[25], doneMs[99]]).toEqual([100, 20, 40, 80]);
  });

  it('CH-32: proxy 7 gets version 1, then what came meanwhile as one', () => {
    const queue = new PushQueue<string>(25, (older, newer) => `${older}+${newer}`);
    queue.enqueue(7, 'v1');
    expect(queue.take()).toEqual({ proxy: 7, request: 'v1' });
    queue.enqueue(7, 'v2');
    queue.enqueue(7, 'v3');
    expect(queue.take()).toBeNull();
    queue.done(7);
    expect(queue.take()).toEqual({ proxy: 7, request: 'v2+v3' });
  });
});

describe('CH-33: istiod restarts, 200 proxies, 2 cores', () => {
  it('CH-33: the last one is back 7.96 s after the first, or later', () => {
    const admission = new StreamAdmission(admissionRatePerSecond(2));
    const stream = componentStream('seed', 'reconnects');
    const proxies = Array.from({ length: 200 }, () => new ReconnectBackoff());
    const due = proxies.map((backoff) => backoff.failed(0, stream.next()));
    const admitted: number[] = [];
    while (admitted.length < proxies.length) {
      const nowNs = Math.min(...due);
      const proxy = due.indexOf(nowNs);
      const admittedNs = admission.admit(nowNs);
      if (admittedNs === null) {
        due[proxy] = proxies[proxy].failed(nowNs, stream.next());
      } else {
        proxies[proxy].answered();
        due[proxy] = Number.POSITIVE_INFINITY;
        admitted.push(admittedNs);
      }
    }
    const spreadNs = Math.max(...admitted) - Math.min(...admitted);
    expect(spreadNs).toBeGreaterThanOrEqual(7.96 * S_NS);
    expect(new Set(admitted).size).toBe(200);
  });
});

describe('CH-34: a subset and a route to it in one push', () => {
  it('CH-34: the route is written before the endpoints of the new cluster, by one generation', () => {
    const oneWayNs = MS_NS;
    const stream = new XdsStream<string>();
    stream.startPush(0, [
      { content: 'cds', takesNs: 0 },
      { content: 'eds', takesNs: 4 * MS_NS },
      { content: 'lds', takesNs: 4 * MS_NS },
      { content: 'rds', takesNs: 3 * MS_NS },
    ]);
    const [clusters] = stream.advance(0).written;
    const asksNs = clusters.writtenNs + 2 * oneWayNs;
    const before = stream.advance(asksNs).written;
    stream.request(asksNs, { content: 'eds of v3', takesNs: MS_NS });
    const arrivals = [clusters, ...before, ...stream.advance(S_NS).written].map(({ content, writtenNs }) => [
      content,
      (writtenNs + oneWayNs) / MS_NS,
    ]);
    expect(arrivals).toEqual([
      ['cds', 1],
      ['eds', 5],
      ['lds', 9],
      ['rds', 12],
      ['eds of v3', 13],
    ]);
  });
});

describe('CH-39: ambient', () => {
  it('CH-39 (a): the streams to a lost node are reset 20 to 30 s later', () => {
    for (let ms = 0; ms < 20_000; ms += 500) {
      const lostNs = 100 * S_NS + ms * MS_NS;
      const afterNs = foundDeadNs(0, lostNs, MS_NS, TUNNEL_PINGS) - lostNs;
      expect(afterNs).toBeGreaterThan(19.9 * S_NS);
      expect(afterNs).toBeLessThanOrEqual(30 * S_NS);
    }
  });

  it('CH-39 (b): a ztunnel that is replaced cuts what it has after 25 s', () => {
    expect(restartDrainNs(30)).toBe(25 * S_NS);
  });
});

describe('CH-40: Linkerd loses its only endpoint', () => {
  it('CH-40: the first request waits and fails at 3.5 s, the second is shed, the third goes through', () => {
    const gate = new FailfastGate(true);
    gate.notReady();
    expect([gate.request(0.5 * S_NS), gate.nextNs]).toEqual(['wait', 3.5 * S_NS]);
    gate.fire();
    expect(gate.request(4 * S_NS)).toBe('shed');
    gate.ready();
    expect(gate.request(5.1 * S_NS)).toBe('dispatch');
  });

  it('CH-40: with a new one at 2 s the first request goes to it then', () => {
    const gate = new FailfastGate(true);
    gate.notReady();
    expect(gate.request(0.5 * S_NS)).toBe('wait');
    gate.ready();
    expect([gate.nextNs, gate.request(2 * S_NS)]).toEqual([Number.POSITIVE_INFINITY, 'dispatch']);
  });
});
