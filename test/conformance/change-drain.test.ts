// Changes, cases CH-24 to CH-29: how connections are emptied by a change of listeners, and how a proxy ends. The
// sources are named in models/control-plane/{drain,proxy-shutdown}.ts.
import { describe, expect, it } from 'vitest';
import {
  ConnectionDrain,
  drainedConnections,
  ISTIO_DRAIN,
  ISTIO_SHUTDOWN_DRAIN,
} from '../../models/control-plane/drain.js';
import { ISTIO_SHUTDOWN, ProxyShutdown } from '../../models/control-plane/proxy-shutdown.js';
import { NEVER_NS, S_NS } from '../../models/control-plane/time.js';

const U = 0.5;

describe('CH-24: one filter chain of an inbound listener changes', () => {
  it('CH-24: connections of that chain alone drain', () => {
    expect(drainedConnections({ outside: false, chains: true })).toBe('changed');
  });

  it('CH-24: of HTTP/1, a response at 3 s carries close; a stream of ten minutes is cut at 45 s', () => {
    const kept = new ConnectionDrain('http1', 0, true);
    expect(kept.response(3 * S_NS, U)).toBe('close');
    const long = new ConnectionDrain('http1', 0, false);
    expect(long.nextNs).toBe(45 * S_NS);
    expect(long.fire(45 * S_NS)).toBe('cut');
  });
});

describe('CH-25: the same with HTTP/2', () => {
  it('CH-25: an idle connection hears nothing for 45 s; later Envoys tell it at once', () => {
    const idle = new ConnectionDrain('http2', 0, true);
    expect([idle.nextNs, idle.fire(45 * S_NS)]).toEqual([45 * S_NS, 'cut']);
    const told = new ConnectionDrain('http2', 0, true, { ...ISTIO_DRAIN, tellsConnections: true });
    expect([told.nextNs, told.fire(0)]).toEqual([0, 'notice']);
  });

  it('CH-25: a request answered at 1 s: GOAWAY at 1 s, the final one at 6 s', () => {
    const used = new ConnectionDrain('http2', 0, false);
    expect(used.response(S_NS, U)).toBe('goaway');
    expect([used.nextNs, used.closes]).toEqual([6 * S_NS, false]);
    expect([used.fire(6 * S_NS), used.closes]).toEqual(['closing', true]);
  });
});

describe('CH-26: a DENY policy', () => {
  it('CH-26: the next response of a kept connection closes it, so that the one after comes by the new chain', () => {
    const kept = new ConnectionDrain('http1', 0, true);
    let isOldChain = true;
    const statuses = [1, 2, 3].map((second) => {
      const status = isOldChain ? 200 : 403;
      if (isOldChain && kept.response(second * S_NS, U) === 'close') isOldChain = false;
      return status;
    });
    expect(statuses).toEqual([200, 403, 403]);
  });
});

describe('CH-27: a classic sidecar gets SIGTERM', () => {
  it('CH-27: and is gone 5 s later, with a request that needs 7 s', () => {
    const proxy = new ProxyShutdown();
    proxy.sigterm(0);
    expect([proxy.drainsFromNs, proxy.nextNs]).toEqual([0, 5 * S_NS]);
    expect(proxy.fire(5 * S_NS, 1)).toBe('kill');
  });

  it('CH-27: until then responses carry close, and nothing is cut', () => {
    const request = new ConnectionDrain('http1', 0, false, ISTIO_SHUTDOWN_DRAIN);
    expect([request.nextNs, request.response(4 * S_NS, U)]).toEqual([NEVER_NS, 'close']);
  });

  it('CH-27: with terminationDrainDuration of 30 s the request ends well', () => {
    const proxy = new ProxyShutdown({ ...ISTIO_SHUTDOWN, terminationDrainNs: 30 * S_NS });
    proxy.sigterm(0);
    expect(proxy.nextNs).toBeGreaterThan(7 * S_NS);
  });
});

describe('CH-28: EXIT_ON_ZERO_ACTIVE_CONNECTIONS', () => {
  const ends = (connectionsUntilNs: number): number => {
    const proxy = new ProxyShutdown({ ...ISTIO_SHUTDOWN, exitsOnZeroConnections: true });
    proxy.sigterm(0);
    for (;;) {
      const atNs = proxy.nextNs;
      if (proxy.fire(atNs, atNs < connectionsUntilNs ? 1 : 0) === 'kill') return atNs / S_NS;
    }
  };

  it('CH-28 (a): no connection: 6 s', () => {
    expect(ends(0)).toBe(6);
  });

  it('CH-28 (b): the last one closes at 12.3 s: 13 s', () => {
    expect(ends(12.3 * S_NS)).toBe(13);
  });
});

describe('CH-29: a native sidecar', () => {
  it('CH-29: drains from the deletion on, is there for the application, and ends with it', () => {
    const proxy = new ProxyShutdown();
    proxy.preStop(0);
    const inbound = new ConnectionDrain('http1', proxy.drainsFromNs, true, ISTIO_SHUTDOWN_DRAIN);
    expect(inbound.response(0, U)).toBe('close');
    expect([proxy.nextNs, proxy.isReady]).toEqual([NEVER_NS, true]);
    proxy.sigterm(20 * S_NS);
    expect([proxy.nextNs, proxy.fire(20 * S_NS, 1)]).toEqual([20 * S_NS, 'kill']);
  });
});
