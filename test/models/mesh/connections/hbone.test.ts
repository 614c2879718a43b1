// The HBONE connections between two pods, against the rules of ztunnel's pool (ztunnel: src/proxy/pool.rs, src/config.rs) and of the listener of a
// waypoint (istio: pilot/pkg/networking/core/listener_waypoint.go).
import { describe, expect, test } from 'vitest';
import { Tunnels } from '../../../../models/mesh/connections/hbone.js';
import type { HostState } from '../../../../models/mesh/state/cluster-state.js';
import { speaksHbone } from '../../../../models/mesh/state/handshake-cost.js';
import type { Pod } from '../../../../models/mesh/state/pod.js';
import { S } from '../../../support/plans.js';

type Kind = Pod['plan']['kind'];

/** As much of a pod as HBONE looks at. */
function pod(id: number, wish: { ambient?: boolean; kind?: Kind; workers?: number; hasProxy?: boolean }): Pod {
  const { ambient = false, kind = 'app', workers = 2, hasProxy = false } = wish;
  return { id, ambient, hasProxy, plan: { kind }, process: { workers } } as unknown as Pod;
}

function host(caller: Pod, server: Pod): HostState {
  return { cluster: { caller }, pod: server } as unknown as HostState;
}

const AMBIENT = { ambient: true };
const SIDECAR = { hasProxy: true };
const NONE = {};
const WAYPOINT = { kind: 'waypoint' as const, hasProxy: true };
const GATEWAY = { kind: 'gateway' as const, hasProxy: true };

describe('who speaks HBONE to whom', () => {
  test.each([
    [AMBIENT, AMBIENT, true],
    [AMBIENT, WAYPOINT, true],
    [AMBIENT, SIDECAR, true],
    [AMBIENT, NONE, false],
    [WAYPOINT, AMBIENT, true],
    [WAYPOINT, SIDECAR, true],
    [WAYPOINT, NONE, false],
    [SIDECAR, AMBIENT, true],
    [SIDECAR, SIDECAR, false],
    [SIDECAR, NONE, false],
    [GATEWAY, AMBIENT, true],
    [GATEWAY, WAYPOINT, true],
    [GATEWAY, SIDECAR, false],
    [NONE, AMBIENT, false],
    [NONE, SIDECAR, false],
  ])('%j to %j: %s', (caller, server, expected) => {
    expect(speaksHbone(pod(0, caller), pod(1, server))).toBe(expected);
  });
});

describe('the connections of a pair', () => {
  const tunnels = () => new Tunnels();

  test('each pair of pods, and each worker of an Envoy, has its own', () => {
    const all = tunnels();
    const [a, b, c] = [pod(0, AMBIENT), pod(1, AMBIENT), pod(2, AMBIENT)];
    expect(all.routeOf(host(a, b), 0)).toBe(all.routeOf(host(a, b), 0));
    expect(all.routeOf(host(a, b), 0)).not.toBe(all.routeOf(host(a, c), 0));
    expect(all.routeOf(host(a, b), 0)).not.toBe(all.routeOf(host(b, a), 0));
    expect(all.routeOf(host(a, b), 0)).not.toBe(all.routeOf(host(a, b), 1));
  });

  test('takes a hundred streams, and none ever again after that', () => {
    const all = tunnels();
    const route = all.routeOf(host(pod(0, AMBIENT), pod(1, AMBIENT)), 0);
    expect(all.withRoom(route, 0)).toBeNull();
    const tunnel = all.opened(route, 0);
    for (let i = 0; i < 99; i++) all.use(tunnel);
    expect(all.withRoom(route, 0)).toBe(tunnel);
    all.use(tunnel);
    expect(all.withRoom(route, 0)).toBeNull();
    all.leave(tunnel, 1);
    expect(all.withRoom(route, 1)).toBeNull();
  });

  test('is let go when it has had no stream for five minutes', () => {
    const all = tunnels();
    const route = all.routeOf(host(pod(0, AMBIENT), pod(1, AMBIENT)), 0);
    const tunnel = all.opened(route, 0);
    all.use(tunnel);
    expect(all.withRoom(route, 3600 * S)).toBe(tunnel);
    all.leave(tunnel, 3600 * S);
    expect(all.withRoom(route, 3900 * S - 1)).toBe(tunnel);
    expect(all.withRoom(route, 3900 * S)).toBeNull();
  });

  test('are balanced over the workers of a waypoint, those that have ended not counted', () => {
    const all = tunnels();
    const server = pod(9, { ...WAYPOINT, workers: 3 });
    const routes = [0, 1, 2, 3, 4].map((id) => all.routeOf(host(pod(id, AMBIENT), server), 0));
    const opened = routes.slice(0, 4).map((route) => all.opened(route, 0));
    expect(opened.map(({ serverWorker }) => serverWorker)).toEqual([0, 1, 2, 0]);
    all.use(opened[1]!);
    all.leave(opened[1]!, 0);
    expect(all.withRoom(routes[1]!, 300 * S)).toBeNull();
    expect(all.opened(routes[4]!, 300 * S).serverWorker).toBe(1);
  });
});
