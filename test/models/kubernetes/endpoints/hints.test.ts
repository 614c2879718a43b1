import { describe, expect, test } from 'vitest';
import {
  autoHints,
  followedHints,
  preferHints,
  type ZoneNode,
  zoneShares,
} from '../../../../models/kubernetes/endpoints/hints.js';

const node = (zone: string | null, cpuMilli = 4000, fields: Partial<ZoneNode> = {}): ZoneNode => ({
  zone,
  cpuMilli,
  ready: true,
  controlPlane: false,
  ...fields,
});
const endpoints = (zones: string) => [...zones].map((zone) => ({ zone: zone === '-' ? null : zone, node: null }));
const count = (hints: readonly string[] | null, zone: string) => hints?.filter((hint) => hint === zone).length;

describe('shares of zones', () => {
  test('are those of the CPU of nodes that are ready', () => {
    const nodes = [node('a'), node('b', 8000), node('b', 4000, { ready: false }), node('c', 9, { controlPlane: true })];
    expect(zoneShares(nodes)).toEqual(
      new Map([
        ['a', 1 / 3],
        ['b', 2 / 3],
      ]),
    );
  });

  test('are not there for one zone, or for nodes without a zone or CPU', () => {
    expect(zoneShares([node('a'), node('a')])).toBe(null);
    expect(zoneShares([node('a'), node('b'), node(null)])).toBe(null);
    expect(zoneShares([node('a'), node('b', 0)])).toBe(null);
  });
});

describe('Auto', () => {
  const shares = zoneShares([node('a'), node('b'), node('c')]);

  test('lends endpoints to zones that lack some', () => {
    const hints = autoHints(shares, endpoints('aaaabc'));
    expect(['a', 'b', 'c'].map((zone) => count(hints, zone))).toEqual([2, 2, 2]);
    expect(hints?.slice(4)).toEqual(['b', 'c']);
    expect(autoHints(shares, endpoints('abcabc'))).toEqual([...'abcabc']);
  });

  test('gives no hints where an endpoint has no zone, or nothing is known of the nodes', () => {
    expect(autoHints(shares, endpoints('abcab-'))).toBe(null);
    expect(autoHints(null, endpoints('abcabc'))).toBe(null);
  });
});

describe('what kube-proxy makes of hints', () => {
  const hints = [
    { zone: 'a', node: 'n1' },
    { zone: 'a', node: 'n2' },
    { zone: 'b', node: 'n3' },
  ];

  test('the node, the zone, all', () => {
    expect(followedHints(hints, { zone: 'a', node: 'n2' })).toEqual([1]);
    expect(followedHints(hints, { zone: 'a', node: 'n9' })).toEqual([0, 1]);
    expect(followedHints(hints, { zone: 'c', node: 'n9' })).toEqual([0, 1, 2]);
  });

  test('nothing, where one endpoint has no hint', () => {
    const mixed = [...hints, { zone: null, node: null }];
    expect(followedHints(mixed, { zone: 'a', node: 'n1' })).toEqual([0, 1, 2, 3]);
  });

  test('PreferSameZone names zones, PreferSameNode nodes as well', () => {
    const all = [{ zone: 'a', node: 'n1' }];
    expect(preferHints('PreferSameZone', all)).toEqual([{ zone: 'a', node: null }]);
    expect(preferHints('PreferSameNode', all)).toEqual([{ zone: 'a', node: 'n1' }]);
  });
});
