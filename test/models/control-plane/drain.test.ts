import { describe, expect, it, test } from 'vitest';
import {
  ConnectionDrain,
  drainedConnections,
  ENVOY_DRAIN,
  ISTIO_DRAIN,
  ISTIO_SHUTDOWN_DRAIN,
} from '../../../models/control-plane/drain.js';
import { NEVER_NS, S_NS } from '../../../models/control-plane/time.js';

const U = 0.5;

describe('a connection that drains', () => {
  it('of HTTP/1 carries close with each response, but with an upgrade', () => {
    const drain = new ConnectionDrain('http1', 0, false);
    expect([drain.response(S_NS, U), drain.response(2 * S_NS, U), drain.response(3 * S_NS, U, true)]).toEqual([
      'close',
      'close',
      'none',
    ]);
    expect(drain.nextNs).toBe(6 * S_NS);
    expect(drain.fire(6 * S_NS)).toBe('closing');
    expect(drain.closes).toBe(true);
  });

  it('of HTTP/2 carries one GOAWAY before its final one', () => {
    const drain = new ConnectionDrain('http2', 0, false);
    expect([drain.response(S_NS, U), drain.response(2 * S_NS, U)]).toEqual(['goaway', 'none']);
    expect(drain.closes).toBe(false);
  });

  it('of TCP hears nothing until it is cut', () => {
    const drain = new ConnectionDrain('tcp', S_NS, false);
    expect(drain.response(2 * S_NS, U)).toBe('none');
    expect(drain.nextNs).toBe(46 * S_NS);
    expect(drain.fire(46 * S_NS)).toBe('cut');
    expect(drain.nextNs).toBe(NEVER_NS);
  });

  it('is not cut by a drain for a shutdown', () => {
    const drain = new ConnectionDrain('http1', 0, true, ISTIO_SHUTDOWN_DRAIN);
    expect(drain.nextNs).toBe(NEVER_NS);
    expect(drain.response(100 * S_NS, U)).toBe('close');
  });

  it('gradually is told with the share of whole seconds that have begun (envoy: drain_manager_impl_test.cc)', () => {
    const told = (atSeconds: number, u: number): string =>
      new ConnectionDrain('http1', 0, false, ENVOY_DRAIN).response(atSeconds * S_NS, u);
    expect([told(0, 0), told(0.5, 0), told(0.5, 1 / 600), told(300, 0.49), told(300, 0.5), told(600, 0.999)]).toEqual([
      'none',
      'close',
      'none',
      'close',
      'none',
      'close',
    ]);
  });

  it('is told at once by later Envoys where it is idle, else in the last third', () => {
    const options = { ...ISTIO_DRAIN, tellsConnections: true };
    const idle = new ConnectionDrain('http2', 0, true, options);
    expect([idle.nextNs, idle.fire(0), idle.nextNs]).toEqual([0, 'notice', 5 * S_NS]);
    const busy = new ConnectionDrain('http2', 0, false, options);
    expect([busy.nextNs, busy.fire(30 * S_NS), busy.nextNs]).toEqual([30 * S_NS, 'notice', 35 * S_NS]);
    const tcp = new ConnectionDrain('tcp', 0, true, options);
    expect([tcp.fire(0), tcp.closes, tcp.nextNs]).toEqual(['closing', true, 45 * S_NS]);
    const short = new ConnectionDrain('http1', 0, false, { ...options, drainNs: 12 * S_NS });
    expect(short.nextNs).toBe(12 * S_NS);
  });
});

test.each([
  [{ outside: false, chains: false }, 'none'],
  [{ outside: false, chains: true }, 'changed'],
  [{ outside: true, chains: false }, 'all'],
  [{ outside: true, chains: true }, 'all'],
])('of a listener that differs by %j these connections drain: %s', (difference, drained) => {
  expect(drainedConnections(difference)).toBe(drained);
});
