// After linkerd2-proxy: linkerd/proxy/resolve/src/recover.rs, linkerd/reconnect/src/tests.rs,
// linkerd/proxy/balance/queue/src/failfast.rs.
import { describe, expect, it } from 'vitest';
import {
  DestinationStream,
  EndpointConnection,
  FailfastGate,
  linkerdBackoffNs,
} from '../../../models/control-plane/linkerd-discovery.js';
import { MS_NS, NEVER_NS, S_NS } from '../../../models/control-plane/time.js';

describe('the back-off', () => {
  it('doubles from 100 ms to a minute, with up to a tenth on top', () => {
    expect([0, 1, 2, 9, 10, 200].map((failures) => linkerdBackoffNs(failures, 0) / MS_NS)).toEqual([
      100, 200, 400, 51_200, 60_000, 60_000,
    ]);
    expect([0, 9, 10].map((failures) => linkerdBackoffNs(failures, 0.5) / MS_NS)).toEqual([105, 53_760, 60_000]);
  });
});

describe('the stream of a destination', () => {
  it('is opened again after a back-off that grows while tries fail', () => {
    const stream = new DestinationStream();
    stream.opened();
    stream.ended(0, 0);
    expect([stream.isOpen, stream.nextNs]).toEqual([false, 100 * MS_NS]);
    stream.fire();
    stream.ended(S_NS, 0);
    expect(stream.nextNs).toBe(S_NS + 200 * MS_NS);
    stream.fire();
    stream.opened();
    expect([stream.isOpen, stream.nextNs]).toEqual([true, NEVER_NS]);
    stream.ended(2 * S_NS, 0);
    expect(stream.nextNs).toBe(2 * S_NS + 100 * MS_NS);
  });

  it('begins with all that there is', () => {
    const stream = new DestinationStream();
    stream.opened();
    expect(['remove', 'add', 'add', 'remove', 'none'].map((kind) => stream.update(kind as 'add'))).toEqual([
      'nothing',
      'replace',
      'add',
      'remove',
      'replace',
    ]);
    stream.ended(0, 0);
    stream.fire();
    stream.opened();
    expect(stream.update('add')).toBe('replace');
  });
});

describe('the connection to an endpoint', () => {
  it('is made at once, and again after a time-out or a refusal', () => {
    const endpoint = new EndpointConnection(0);
    expect([endpoint.isReady, endpoint.nextNs, endpoint.fire(S_NS, 0)]).toEqual([false, S_NS, false]);
    expect([endpoint.nextNs, endpoint.fire(1100 * MS_NS, 0)]).toEqual([1100 * MS_NS, true]);
    endpoint.lost(1200 * MS_NS, 0);
    expect(endpoint.nextNs).toBe(1400 * MS_NS);
    endpoint.fire(1400 * MS_NS, 0);
    endpoint.connected();
    expect([endpoint.isReady, endpoint.nextNs]).toEqual([true, NEVER_NS]);
  });

  it('that is lost comes back after the shortest wait', () => {
    const endpoint = new EndpointConnection(0);
    endpoint.connected();
    endpoint.lost(5 * S_NS, 0);
    expect([endpoint.isReady, endpoint.nextNs]).toEqual([false, 5100 * MS_NS]);
  });
});

describe('the gate before a balancer', () => {
  it('lets requests through, then wait, then sheds, until an endpoint is ready', () => {
    const gate = new FailfastGate(true);
    expect(gate.request(0)).toBe('dispatch');
    gate.notReady();
    expect([gate.nextNs, gate.request(S_NS), gate.request(2 * S_NS), gate.nextNs]).toEqual([
      NEVER_NS,
      'wait',
      'wait',
      4 * S_NS,
    ]);
    gate.fire();
    expect([gate.request(5 * S_NS), gate.nextNs]).toEqual(['shed', NEVER_NS]);
    gate.ready();
    expect(gate.request(5 * S_NS)).toBe('dispatch');
    gate.notReady();
    expect([gate.request(6 * S_NS), gate.nextNs]).toEqual(['wait', 9 * S_NS]);
  });
});
