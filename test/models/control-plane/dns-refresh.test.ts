import { describe, expect, it } from 'vitest';
import { type DnsAnswer, DnsTarget, ENVOY_DNS, ISTIO_DNS } from '../../../models/control-plane/dns-refresh.js';
import { MS_NS, S_NS } from '../../../models/control-plane/time.js';

const answer = (ttlSeconds: number, ...addresses: string[]): DnsAnswer => ({
  status: 'completed',
  records: addresses.map((address) => ({ address, ttlSeconds })),
});
const FAILED: DnsAnswer = { status: 'failed', records: [] };

describe('strict DNS', () => {
  it('has each address as a host once, and keeps those that stay', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'strict' });
    expect(target.answered(0, answer(30, 'a', 'b', 'a'), 0)).toEqual({
      added: ['a', 'b'],
      removed: [],
      nextQueryNs: 30 * S_NS,
    });
    expect(target.answered(0, answer(30, 'c', 'b'), 0)).toMatchObject({ added: ['c'], removed: ['a'] });
    expect(target.addresses).toEqual(['c', 'b']);
  });

  it('asks again after the shortest TTL, jitter on top; after the refresh rate where the TTL is 0', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'strict' });
    const mixed: DnsAnswer = { status: 'completed', records: [...answer(20, 'a').records, ...answer(7, 'b').records] };
    expect(target.answered(0, mixed, 0.999).nextQueryNs).toBe(7 * S_NS + 99 * MS_NS);
    expect(target.answered(0, answer(0, 'a'), 0).nextQueryNs).toBe(60 * S_NS);
  });

  it('as Envoy by itself looks at no TTL', () => {
    const target = new DnsTarget({ ...ENVOY_DNS, kind: 'strict' });
    expect(target.answered(0, answer(30, 'a'), 0.9).nextQueryNs).toBe(5 * S_NS);
  });

  it('backs off after failures where that is asked for, and starts again after a success', () => {
    const target = new DnsTarget({ ...ENVOY_DNS, kind: 'strict', failure: { baseMs: 1000, maxMs: 5000 } });
    const waits = [FAILED, FAILED, FAILED, FAILED].map((failed) => target.answered(0, failed, 0.5).nextQueryNs / MS_NS);
    expect(waits).toEqual([500, 1000, 2000, 2500]);
    target.answered(0, answer(1, 'a'), 0.5);
    expect(target.answered(0, FAILED, 0.5).nextQueryNs).toBe(500 * MS_NS);
  });
});

describe('logical DNS', () => {
  it('has one host, replaced where the first address changes, kept where the answer is empty', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'logical' });
    target.answered(0, answer(30, 'a', 'b'), 0);
    expect(target.addresses).toEqual(['a', 'b']);
    expect(target.answered(0, answer(30, 'b', 'a'), 0)).toMatchObject({ added: ['b'], removed: ['a'] });
    expect(target.answered(0, answer(30), 0)).toEqual({ added: [], removed: [], nextQueryNs: 60 * S_NS });
    expect(target.addresses).toEqual(['b', 'a']);
  });

  it('is a new host where the other addresses change, and none where all stay', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'logical' });
    target.answered(0, answer(30, 'a', 'b'), 0);
    expect(target.answered(0, answer(30, 'a', 'b'), 0)).toMatchObject({ added: [], removed: [] });
    expect(target.answered(0, answer(30, 'a', 'c'), 0)).toMatchObject({ added: ['a'], removed: ['a'] });
  });

  it('keeps its host in older Envoys, whose new connections go elsewhere', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'logical', keepsLogicalHost: true });
    expect(target.answered(0, answer(30, 'a'), 0).added).toEqual(['a']);
    expect(target.answered(0, answer(30, 'b'), 0)).toMatchObject({ added: [], removed: [] });
    expect(target.addresses).toEqual(['b']);
  });
});
