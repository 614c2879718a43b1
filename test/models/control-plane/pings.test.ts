import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { MESHED_PINGS } from '../../../models/control-plane/linkerd-discovery.js';
import { foundDeadNs, PingMonitor } from '../../../models/control-plane/pings.js';
import { MS_NS, NEVER_NS, S_NS } from '../../../models/control-plane/time.js';
import { TUNNEL_PINGS } from '../../../models/control-plane/ztunnel.js';

test('pings go out an interval after the last answer, and one without an answer ends the connection', () => {
  const monitor = new PingMonitor(0, TUNNEL_PINGS);
  expect([monitor.nextNs, monitor.fire(10 * S_NS), monitor.nextNs]).toEqual([10 * S_NS, 'ping', 30 * S_NS]);
  monitor.pong(11 * S_NS);
  expect([monitor.nextNs, monitor.fire(21 * S_NS)]).toEqual([21 * S_NS, 'ping']);
  expect([monitor.fire(41 * S_NS), monitor.nextNs]).toEqual(['dead', NEVER_NS]);
});

test('data puts pings off where hyper sends them, and nowhere an answer that is due', () => {
  const tunnel = new PingMonitor(0, TUNNEL_PINGS);
  tunnel.data(4 * S_NS);
  expect(tunnel.nextNs).toBe(10 * S_NS);
  const meshed = new PingMonitor(0, MESHED_PINGS);
  meshed.data(4 * S_NS);
  expect(meshed.nextNs).toBe(14 * S_NS);
  meshed.fire(14 * S_NS);
  meshed.data(15 * S_NS);
  expect(meshed.nextNs).toBe(17 * S_NS);
});

const roundTrip = fc.integer({ min: 1, max: 300 }).map((ms) => ms * MS_NS);

test.prop([fc.integer({ min: 0, max: 100_000 }).map((ms) => ms * MS_NS), roundTrip, fc.boolean()], { seed: 21 })(
  'the closed form says when the machine finds a silent peer',
  (silentNs, roundTripNs, isTunnel) => {
    const options = isTunnel ? TUNNEL_PINGS : MESHED_PINGS;
    const monitor = new PingMonitor(0, options);
    for (;;) {
      const atNs = monitor.nextNs;
      if (monitor.fire(atNs) === 'dead') {
        expect(foundDeadNs(0, silentNs, roundTripNs, options)).toBe(atNs);
        const { intervalNs, timeoutNs } = options;
        expect(atNs - silentNs).toBeGreaterThan(timeoutNs - roundTripNs);
        expect(atNs - silentNs).toBeLessThanOrEqual(intervalNs + timeoutNs);
        return;
      }
      if (atNs + roundTripNs <= silentNs) monitor.pong(atNs + roundTripNs);
    }
  },
);
