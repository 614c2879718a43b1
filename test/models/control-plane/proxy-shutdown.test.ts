// After istio: pkg/envoy/agent_test.go (TestGracefulDrain, TestExitOnZeroActiveConnections).
import { describe, expect, it } from 'vitest';
import { ISTIO_SHUTDOWN, ProxyShutdown } from '../../../models/control-plane/proxy-shutdown.js';
import { NEVER_NS, S_NS } from '../../../models/control-plane/time.js';

describe('the end of a proxy', () => {
  it('comes so long after SIGTERM, whatever is open', () => {
    const proxy = new ProxyShutdown();
    expect([proxy.nextNs, proxy.isReady]).toEqual([NEVER_NS, true]);
    proxy.sigterm(S_NS);
    expect([proxy.drainsFromNs, proxy.nextNs, proxy.isReady]).toEqual([S_NS, 6 * S_NS, false]);
    expect(proxy.fire(6 * S_NS, 3)).toBe('kill');
    expect(proxy.nextNs).toBe(NEVER_NS);
  });

  it('is not put off by a second SIGTERM', () => {
    const proxy = new ProxyShutdown();
    proxy.sigterm(0);
    proxy.sigterm(4 * S_NS);
    expect(proxy.nextNs).toBe(5 * S_NS);
  });

  it('comes at once by the way of /quitquitquit', () => {
    const proxy = new ProxyShutdown();
    proxy.sigterm(S_NS, true);
    expect([proxy.drainsFromNs, proxy.nextNs, proxy.fire(S_NS, 9)]).toEqual([NEVER_NS, S_NS, 'kill']);
  });

  it('waits for connections where that is asked for, and gives up on an Envoy that does not answer', () => {
    const proxy = new ProxyShutdown({ ...ISTIO_SHUTDOWN, exitsOnZeroConnections: true });
    proxy.sigterm(0);
    expect(proxy.fire(6 * S_NS, 'unreadable')).toBe('wait');
    expect(proxy.fire(7 * S_NS, 2)).toBe('wait');
    const answers = Array.from({ length: 5 }, (_, i) => proxy.fire((8 + i) * S_NS, 'unreadable'));
    expect(answers).toEqual(['wait', 'wait', 'wait', 'wait', 'kill']);
  });

  it('of a native sidecar: drains from the deletion of the pod on, and ends with SIGTERM', () => {
    const proxy = new ProxyShutdown();
    proxy.preStop(0);
    expect([proxy.drainsFromNs, proxy.nextNs, proxy.isReady]).toEqual([0, NEVER_NS, true]);
    proxy.sigterm(20 * S_NS);
    expect([proxy.drainsFromNs, proxy.nextNs, proxy.fire(20 * S_NS, 5)]).toEqual([0, 20 * S_NS, 'kill']);
  });
});
