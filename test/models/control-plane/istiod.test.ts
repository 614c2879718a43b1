import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { propagationNs } from '../../../models/control-plane/delays.js';
import {
  ISTIOD_DEFAULTS,
  Istiod,
  type IstiodOptions,
  type PushRequest,
  type XdsMessage,
} from '../../../models/control-plane/istiod.js';
import { MS_NS, NEVER_NS } from '../../../models/control-plane/time.js';
import type { ConfigKind } from '../../../models/control-plane/xds-types.js';
import { componentStream } from '../../../sim/random/stream.js';

const about = (version: number, ...kinds: ConfigKind[]): PushRequest => ({
  version,
  kinds: new Set(kinds),
  isForced: false,
});

function replica(options: Partial<IstiodOptions> = {}, name = 'istiod 0'): Istiod {
  return new Istiod(
    {
      ...ISTIOD_DEFAULTS,
      slots: 25,
      contextNs: () => 10 * MS_NS,
      generationNs: () => MS_NS,
      ...options,
    },
    componentStream('seed', name),
  );
}

const shown = ({ proxy, type, request, writtenNs }: XdsMessage): string =>
  `${proxy} ${type} v${request.version} ${writtenNs / MS_NS}`;

describe('a replica of istiod', () => {
  it('writes the types in their order, after debounce and context', () => {
    const istiod = replica();
    istiod.connect(7, 'sidecar');
    istiod.event(0, about(1, 'DestinationRule'));
    expect(istiod.nextNs).toBe(100 * MS_NS);
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual([
      '7 cds v1 111',
      '7 eds v1 112',
      '7 lds v1 113',
      '7 rds v1 114',
    ]);
    expect(istiod.nextNs).toBe(NEVER_NS);
  });

  it('sends endpoints alone by EDS, and nothing to whom nothing concerns', () => {
    const istiod = replica();
    istiod.connect(1, 'sidecar');
    istiod.event(0, about(1, 'Endpoints'));
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual(['1 eds v1 111']);
    istiod.event(200 * MS_NS, about(2, 'Gateway'));
    expect(istiod.advance(NEVER_NS)).toEqual([]);
  });

  it('can push endpoints at once, beside what the debounce holds', () => {
    const istiod = replica({ debouncesEndpoints: false });
    istiod.connect(1, 'sidecar');
    istiod.event(0, about(1, 'VirtualService'));
    istiod.event(MS_NS, about(2, 'Endpoints'));
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual([
      '1 eds v2 12',
      '1 cds v1 111',
      '1 lds v1 112',
      '1 rds v1 113',
    ]);
  });

  it('pushes to so many proxies at once, the k-th after ceil(k / slots) generations', () => {
    const istiod = replica({ slots: 3 });
    for (let proxy = 0; proxy < 8; proxy++) istiod.connect(proxy, 'sidecar');
    istiod.event(0, about(1, 'Endpoints'));
    expect(istiod.advance(NEVER_NS).map(({ writtenNs }) => writtenNs / MS_NS - 110)).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
  });

  it('takes as long as the sum of the parts says, for each place in the queue', () => {
    const slots = 7;
    const istiod = replica({ slots, generationNs: () => 4 * MS_NS });
    for (let proxy = 0; proxy < 50; proxy++) istiod.connect(proxy, 'sidecar');
    istiod.event(30 * MS_NS, about(1, 'ServiceEntry'));
    const lastOf = istiod.advance(NEVER_NS).filter(({ type }) => type === 'rds');
    const parts = {
      informerNs: 30 * MS_NS,
      debounceNs: 100 * MS_NS,
      waitNs: 0,
      contextNs: 10 * MS_NS,
      generationNs: 16 * MS_NS,
      slots,
      networkNs: 0,
      applyNs: 0,
    };
    expect(lastOf.map(({ writtenNs }) => writtenNs)).toEqual(
      lastOf.map((_, index) => propagationNs({ ...parts, queuePosition: index + 1 })),
    );
  });

  it('pushes to whom is connected when the context is built, and loses what a stream that ends has not got', () => {
    const istiod = replica();
    istiod.connect(1, 'sidecar');
    istiod.event(0, about(1, 'ServiceEntry'));
    expect(istiod.advance(105 * MS_NS)).toEqual([]);
    istiod.connect(2, 'sidecar');
    expect(istiod.advance(112 * MS_NS)).toHaveLength(4);
    istiod.disconnect(112 * MS_NS, 1);
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual(['2 lds v1 113', '2 rds v1 114']);
  });

  it('gives the slot of a stream that ends to who waits', () => {
    const istiod = replica({ slots: 1, generationNs: () => 50 * MS_NS });
    for (const proxy of [1, 2]) istiod.connect(proxy, 'sidecar');
    istiod.event(0, about(1, 'Endpoints'));
    expect(istiod.advance(120 * MS_NS)).toEqual([]);
    // The seed puts proxy 1 first.
    istiod.disconnect(120 * MS_NS, 1);
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual(['2 eds v1 170']);
  });

  it('answers what a proxy asks for without any push', () => {
    const istiod = replica();
    istiod.connect(1, 'sidecar');
    istiod.request(5 * MS_NS, 1, 'cds', about(3));
    istiod.request(5 * MS_NS, 2, 'cds', about(3));
    expect(istiod.advance(NEVER_NS).map(shown)).toEqual(['1 cds v3 6']);
  });

  it('has a phase of its own: two replicas that hear of a change alike differ by what each has heard before', () => {
    const replicas = [replica(), replica({}, 'istiod 1')];
    for (const [index, istiod] of replicas.entries()) istiod.connect(index, 'sidecar');
    replicas[1].event(0, about(1, 'Endpoints'));
    for (const istiod of replicas) istiod.event(60 * MS_NS, about(2, 'Endpoints'));
    expect(replicas.map(({ nextNs }) => nextNs / MS_NS)).toEqual([160, 100]);
    replicas[1].event(150 * MS_NS, about(3, 'Endpoints'));
    const written = replicas.map((istiod) => istiod.advance(NEVER_NS).map(({ writtenNs }) => writtenNs / MS_NS));
    expect(written).toEqual([[171], [261]]);
  });

  const happening = fc.record({
    gapNs: fc.integer({ min: 0, max: 200 }).map((ms) => ms * MS_NS),
    kind: fc.constantFrom<ConfigKind>('Endpoints', 'VirtualService', 'DestinationRule', 'AuthorizationPolicy'),
  });

  test.prop([fc.array(happening, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 3 })], { seed: 21 })(
    'never writes an old version after a newer one of a type to a proxy, and the last one reaches all',
    (happenings, slots) => {
      const istiod = replica({
        slots,
        contextNs: ({ version }) => ((version * 37) % 200) * MS_NS,
        generationNs: (proxy) => (1 + proxy * 7) * MS_NS,
      });
      for (let proxy = 0; proxy < 6; proxy++) istiod.connect(proxy, 'sidecar');
      const messages: XdsMessage[] = [];
      let nowNs = 0;
      for (const [index, { gapNs, kind }] of happenings.entries()) {
        nowNs += gapNs;
        messages.push(...istiod.advance(nowNs));
        istiod.event(nowNs, about(index + 1, kind));
      }
      messages.push(...istiod.advance(nowNs));
      istiod.event(nowNs, { ...about(happenings.length + 1), isForced: true });
      messages.push(...istiod.advance(NEVER_NS));
      const last = new Map<string, { version: number; writtenNs: number }>();
      for (const { proxy, type, request, writtenNs } of messages) {
        const key = `${proxy} ${type}`;
        const before = last.get(key) ?? { version: 0, writtenNs: 0 };
        expect(request.version).toBeGreaterThan(before.version);
        expect(writtenNs).toBeGreaterThanOrEqual(before.writtenNs);
        last.set(key, { version: request.version, writtenNs });
      }
      expect([...last.values()].every(({ version }) => version === happenings.length + 1)).toBe(true);
      expect(last.size).toBe(24);
      expect(istiod.nextNs).toBe(NEVER_NS);
    },
  );
});
