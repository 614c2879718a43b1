// The words of the timeline: what each means, what its entry is called, and what is said where a word is wrong, with its place.
import { describe, expect, it } from 'vitest';
import type { TimelineInput } from '../../../models/plan/settings/timeline-input.js';
import { one, read, readIn } from '../timeline.js';

const S = 1e9;
const MS = 1e6;

/** Inputs without the places of names. */
function unplaced(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : inner)));
}

describe('actions', () => {
  const cart = { workload: { name: 'cart' }, pods: { kind: 'all' } };
  const zones = {
    kind: 'link',
    from: { kind: 'zone', name: 'a' },
    to: { kind: 'zone', name: 'b' },
    bothWays: true,
  };

  it.each<[string, string, unknown]>([
    [
      'slow: { service: payments, by: 400ms }',
      '400 ms slower: payments',
      {
        kind: 'pods',
        target: { service: { name: 'payments' }, pods: { kind: 'all' } },
        fault: { kind: 'slow', factor: 1, addNs: 400 * MS },
      },
    ],
    [
      'slow: { workload: cart, factor: 3x }',
      'work 3 times as long: cart',
      { kind: 'pods', target: cart, fault: { kind: 'slow', factor: 3, addNs: 0 } },
    ],
    [
      'slow: { workload: cart, factor: 1.5x, by: 1.5s }',
      'work 1.5 times as long and 1 s 500 ms slower: cart',
      { kind: 'pods', target: cart, fault: { kind: 'slow', factor: 1.5, addNs: 1500 * MS } },
    ],
    [
      'crash: { workload: cart, pods: 50% }',
      'crash 50% of the pods of cart',
      { kind: 'pods', target: { ...cart, pods: { kind: 'share', share: 0.5 } }, fault: { kind: 'crash' } },
    ],
    ['hang: { workload: cart }', 'hang the pods of cart', { kind: 'pods', target: cart, fault: { kind: 'hang' } }],
    [
      'refuse: { workload: cart }',
      'connections refused: cart',
      { kind: 'pods', target: cart, fault: { kind: 'refuse' } },
    ],
    [
      'fail: { workload: cart, share: 20%, status: 503 }',
      '20% of the requests fail with 503: cart',
      { kind: 'pods', target: cart, fault: { kind: 'fail', share: 0.2, status: 503 } },
    ],
    [
      'fail: { workload: cart }',
      'all requests fail with 500: cart',
      { kind: 'pods', target: cart, fault: { kind: 'fail', share: 1, status: 500 } },
    ],
    [
      'stealCpu: { workload: cart, share: 80% }',
      '80% of the CPU stolen: cart',
      { kind: 'pods', target: cart, fault: { kind: 'steal', share: 0.8 } },
    ],
    [
      'pause: { workload: cart, length: 200ms, every: 2s }',
      '200 ms pause every 2 s: cart',
      { kind: 'pods', target: cart, fault: { kind: 'pause', lengthNs: 200 * MS, everyNs: 2 * S } },
    ],
    [
      'traffic: { name: shoppers, rate: 3x }',
      '3 times the traffic: shoppers',
      { kind: 'traffic', name: { name: 'shoppers' }, factor: 3 },
    ],
    ['traffic: { rate: 0x }', 'no traffic: all traffic', { kind: 'traffic', name: null, factor: 0 }],
    [
      'partition: { between: [zone a, zone b] }',
      'no messages between zone a and zone b',
      { ...zones, fault: { kind: 'partition' } },
    ],
    [
      'partition: { from: workload cart, to: outside }',
      'no messages from cart to outside',
      {
        kind: 'link',
        from: { kind: 'workload', name: 'cart' },
        to: { kind: 'outside' },
        bothWays: false,
        fault: { kind: 'partition' },
      },
    ],
    [
      'delay: { between: [zone a, zone b], by: 100ms, jitter: 10ms }',
      '100 ms later: messages between zone a and zone b',
      { ...zones, fault: { kind: 'delay', addNs: 100 * MS, jitterNs: 10 * MS } },
    ],
    [
      'delay: { to: service payments, by: 1ms }',
      '1 ms later: messages to payments',
      {
        kind: 'link',
        from: null,
        to: { kind: 'service', name: 'payments' },
        bothWays: false,
        fault: { kind: 'delay', addNs: MS, jitterNs: 0 },
      },
    ],
    [
      'loss: { from: region r, share: 5% }',
      '5% lose a packet: messages from region r',
      {
        kind: 'link',
        from: { kind: 'region', name: 'r' },
        to: null,
        bothWays: false,
        fault: { kind: 'loss', probability: 0.05 },
      },
    ],
    [
      'bandwidth: { between: [zone a, zone b], limit: 10Mbit }',
      'at most 10Mbit: messages between zone a and zone b',
      { ...zones, fault: { kind: 'bandwidth', bytesPerSecond: 1.25e6 } },
    ],
    [
      'loseNode: { nodes: 1, zone: a }',
      '1 node in zone a lost',
      { kind: 'nodes', target: { zone: { name: 'a' }, count: { kind: 'count', count: 1 } }, fault: { kind: 'lose' } },
    ],
    [
      'drainNode: { node: n-0 }',
      'drain node n-0',
      { kind: 'nodes', target: { node: { name: 'n-0' }, count: { kind: 'all' } }, fault: { kind: 'drain' } },
    ],
    [
      'squeezeNode: { pool: general, labels: { disk: ssd }, nodes: 50%, share: 60% }',
      '60% of the CPU of 50% of the nodes of the pool general with disk=ssd stolen',
      {
        kind: 'nodes',
        target: {
          pool: { name: 'general' },
          labels: { labels: { disk: 'ssd' } },
          count: { kind: 'share', share: 0.5 },
        },
        fault: { kind: 'squeeze', share: 0.6 },
      },
    ],
    ['istiod: down', 'istiod is down', { kind: 'istiod', isDown: true }],
    ['istiod: { slow: 10x }', 'istiod takes 10 times as long', { kind: 'istiod', isDown: false, factor: 10 }],
    [
      'traffic: { name: shoppers, mix: { checkout: 30%, browse: 70% } }',
      '30% checkout, 70% browse: shoppers',
      {
        kind: 'traffic',
        name: { name: 'shoppers' },
        factor: 1,
        mix: {
          shares: [
            { name: 'checkout', share: 0.3 },
            { name: 'browse', share: 0.7 },
          ],
        },
      },
    ],
    [
      'traffic: { name: shoppers, rate: 2x, mix: { checkout: 100% } }',
      '2 times the traffic, 100% checkout: shoppers',
      {
        kind: 'traffic',
        name: { name: 'shoppers' },
        factor: 2,
        mix: { shares: [{ name: 'checkout', share: 1 }] },
      },
    ],
    [
      'dns: { host: api.partner.com, answers: 1, ttl: 30s }',
      'api.partner.com resolves to 1 address',
      { kind: 'dns', host: { name: 'api.partner.com' }, answers: { count: 1 }, ttlSeconds: 30 },
    ],
    [
      'dns: { host: api.partner.com, answers: fails }',
      'api.partner.com cannot be resolved',
      { kind: 'dns', host: { name: 'api.partner.com' }, answers: { count: 'fails' }, ttlSeconds: 60 },
    ],
    [
      'churn: { share: 5% }',
      '5% of the connections end each second: all traffic',
      { kind: 'clients', name: null, sharePerSecond: 0.05 },
    ],
    [
      'partition: { from: pod cart-0.shop, to: namespace payments }',
      'no messages from pod 0 of cart.shop to namespace payments',
      {
        kind: 'link',
        from: { kind: 'pod', name: 'cart.shop', ordinal: 0 },
        to: { kind: 'namespace', name: 'payments' },
        bothWays: false,
        fault: { kind: 'partition' },
      },
    ],
    [
      'partition: { to: pod shop/cart-v2-12 }',
      'no messages to pod 12 of shop/cart-v2',
      {
        kind: 'link',
        from: null,
        to: { kind: 'pod', name: 'shop/cart-v2', ordinal: 12 },
        bothWays: false,
        fault: { kind: 'partition' },
      },
    ],
    ['down: { host: api.partner.com }', 'api.partner.com is down', { kind: 'down', host: { name: 'api.partner.com' } }],
  ])('%s', (action, name, meaning) => {
    const entry = one(`{ at: 1m, for: 30s, ${action} }`);
    expect(entry).toMatchObject({ name, startsNs: [60 * S], durationNs: 30 * S, rampNs: 0 });
    expect(unplaced(entry.action)).toEqual(meaning);
  });

  it.each([
    ['stop: { workload: cart, grace: 5s }', 5],
    ['stop: { workload: cart }', null],
  ])('%s is over at once', (action, graceSeconds) => {
    const entry = one(`{ at: 1m, ${action} }`);
    expect(entry).toMatchObject({ name: 'stop the pods of cart', durationNs: 0 });
    expect(unplaced(entry.action)).toEqual({ kind: 'pods', target: cart, fault: { kind: 'stop', graceSeconds } });
  });

  it('a grace period has whole seconds', () => {
    expect(read('{ at: 1m, stop: { workload: cart, grace: 1.5s } }').said.join()).toContain('whole seconds');
  });

  it('reconnect is over at once', () => {
    const entry = one('{ at: 5m, reconnect: { name: shoppers } }');
    expect(entry).toMatchObject({ name: 'all connect anew: shoppers', startsNs: [300 * S], durationNs: 0, rampNs: 0 });
    expect(unplaced(entry.action)).toEqual({ kind: 'clients', name: { name: 'shoppers' }, sharePerSecond: null });
  });

  it('kill is over at once', () => {
    const entry = one('{ at: 5m, kill: { workload: cart, pods: 1 } }');
    expect(entry).toMatchObject({ name: 'kill 1 pod of cart', startsNs: [300 * S], durationNs: 0, rampNs: 0 });
    expect(unplaced(entry.action)).toEqual({
      kind: 'pods',
      target: { workload: { name: 'cart' }, pods: { kind: 'count', count: 1 } },
      fault: { kind: 'kill' },
    });
  });

  it.each([
    ['restart: { workload: cart }', 'restart cart', { kind: 'restart', workload: { name: 'cart' } }],
    [
      'scale: { workload: cart, replicas: 0 }',
      'scale cart to 0',
      { kind: 'scale', workload: { name: 'cart' }, replicas: 0 },
    ],
  ])('%s is over at once', (action, name, meaning) => {
    const entry = one(`{ every: 1m, times: 2, ${action} }`);
    expect(entry).toMatchObject({ name, startsNs: [60 * S, 120 * S], durationNs: 0 });
    expect(unplaced(entry.action)).toEqual(meaning);
  });

  it.each([
    ['{ zone: us-east-1a }', 'kill the pods in zone us-east-1a'],
    ['{ service: reviews, version: 2, pods: 2 }', 'kill 2 pods of reviews of version 2'],
    ['{ labels: { app: cart, gold: true }, region: r }', 'kill the pods with app=cart, gold=true in region r'],
    ['{ namespace: shop, pods: 33.3% }', 'kill 33.3% of the pods in namespace shop'],
    ['{ workload: cart, ordinal: 0 }', 'kill pod 0 of cart'],
    ['{ workload: cart, service: all, ordinal: [0, 2, 3], pods: 1 }', 'kill 1 of pods 0, 2 and 3 of cart behind all'],
  ])('kill: %s', (target, name) => {
    expect(one(`{ at: 5m, kill: ${target} }`).name).toBe(name);
  });

  it('an entry may have a name of its own, and keeps its place and those of its names', () => {
    const entry = one('{ at: 5m, name: "a zone dies", kill: { workload: cart, ordinal: [1] } }');
    expect(entry.name).toBe('a zone dies');
    expect(entry.at).toMatchObject({ line: 7, column: 7 });
    const { target } = entry.action as Extract<TimelineInput['action'], { kind: 'pods' }>;
    expect(target.workload?.at).toMatchObject({ line: 7, column: 56 });
    expect(target.ordinals).toEqual([{ ordinal: 1, at: expect.objectContaining({ line: 7, column: 72 }) }]);
  });
});

describe('what is wrong', () => {
  it.each([
    ['{ kill: { workload: a } }', '7:7', 'does not say when: expected `at` or `every`'],
    ['{ at: 5, kill: { workload: a } }', '7:13', 'expected a duration such as 1m30s or 250ms, found 5'],
    ['{ every: 0s, kill: { workload: a } }', '7:16', 'expected a duration above zero'],
    ['{ at: 1s, until: 2s, kill: { workload: a } }', '7:24', 'has no meaning without `every`'],
    ['{ at: 1s, times: 2, kill: { workload: a } }', '7:24', 'has no meaning without `every`'],
    ['{ every: 1s, until: 2s, times: 2, kill: { workload: a } }', '7:38', 'stands beside `until`'],
    ['{ at: 5s, every: 1s, until: 2s, kill: { workload: a } }', '7:35', 'ends before it begins, at 5s'],
    ['{ at: 1s, for: 1s, kill: { workload: a } }', '7:22', 'has no meaning beside `kill`'],
    ['{ at: 1s, for: 0s, hang: { workload: a } }', '7:22', 'expected a duration above zero'],
    ['{ at: 1s, ramp: 1s, hang: { workload: a } }', '7:23', 'has no meaning beside `hang`'],
    ['{ at: 1s, for: 1s, ramp: 2s, traffic: { rate: 2x } }', '7:32', 'grows for 2s, longer than it lasts: for 1s'],
    ['{ every: 1m, hang: { workload: a } }', '7:7', '`every` needs `for`'],
    ['{ every: 1m, for: 2m, hang: { workload: a } }', '7:25', 'longer than from one time to the next: every 1m'],
    ['{ at: 1s }', '7:7', 'expected exactly one of slow, kill'],
    ['{ at: 1s, kill: { workload: a }, hang: { workload: a } }', '7:7', 'found kill and hang'],
    ['{ at: 1s, kill: {} }', '7:23', 'does not say which pods: expected at least one of workload, service'],
    ['{ at: 1s, kill: { workload: a, pods: 0% } }', '7:44', 'a share of 0 is no pod'],
    ['{ at: 1s, kill: { workload: a, pods: 150% } }', '7:44', 'expected a share'],
    ['{ at: 1s, kill: { workload: a, pods: half } }', '7:44', 'expected a number of pods such as 1'],
    ['{ at: 1s, slow: { workload: a } }', '7:23', 'does not say how slow'],
    ['{ at: 1s, slow: { workload: a, by: 0s } }', '7:42', 'expected a duration above zero'],
    ['{ at: 1s, slow: { workload: a, factor: 0.5x } }', '7:46', 'expected a factor above 1x, found 0.5x'],
    ['{ at: 1s, slow: { workload: a, factor: 3 } }', '7:46', 'expected a factor such as 3x or 0.5x, found 3'],
    ['{ at: 1s, fail: { workload: a, share: 0 } }', '7:45', 'never fails anything'],
    ['{ at: 1s, stealCpu: { workload: a, share: 100% } }', '7:49', 'above 0% and below 100%'],
    ['{ at: 1s, pause: { workload: a, length: 2s, every: 2s } }', '7:47', 'less than from one pause to the next: 2s'],
    ['{ at: 1s, traffic: { rate: 1x } }', '7:34', 'changes nothing'],
    ['{ at: 1s, traffic: { rate: 100/s } }', '7:34', 'expected a factor such as 3x or 0.5x, found "100/s"'],
    ['{ at: 1s, for: 1s, restart: { workload: a } }', '7:22', 'has no meaning beside `restart`'],
    ['{ at: 1s, for: 1s, scale: { workload: a, replicas: 1 } }', '7:22', 'has no meaning beside `scale`'],
    ['{ at: 1s, loseNode: {} }', '7:27', 'does not say which nodes: expected at least one of node, pool'],
    ['{ at: 1s, drainNode: { nodes: half } }', '7:37', 'expected a number of nodes such as 1'],
    ['{ at: 1s, squeezeNode: { nodes: 1, share: 100% } }', '7:49', 'above 0% and below 100%'],
    ['{ at: 1s, traffic: { name: a } }', '7:26', 'does not say what changes: expected `rate`, `mix` or both'],
    ['{ at: 1s, traffic: { mix: { a: 30%, b: 60% } } }', '7:33', 'shares that are 100% together, found 90%'],
    ['{ at: 1s, traffic: { mix: { a: 130% } } }', '7:38', 'expected a share from 0 to 1'],
    ['{ at: 1s, for: 1s, reconnect: {} }', '7:22', 'has no meaning beside `reconnect`: all connections end at once'],
    ['{ at: 1s, dns: { host: a.b, answers: 1, ttl: 1500ms } }', '7:52', 'expected whole seconds'],
    ['{ at: 1s, churn: { share: 0 } }', '7:33', 'never ends a connection'],
    ['{ at: 1s, istiod: { slow: 1x } }', '7:33', 'expected a factor above 1x'],
    ['{ at: 1s, partition: { to: pod cart } }', '7:34', 'expected a workload and the number of its pod'],
    ['{ at: 1s, partition: {} }', '7:28', 'does not say which messages: expected between, from or to'],
    ['{ at: 1s, partition: { between: [zone a, zone b], from: zone c } }', '7:63', 'stands beside `between`'],
    ['{ at: 1s, partition: { from: cart } }', '7:36', 'expected `workload NAME`, `service NAME`'],
    ['{ at: 1s, partition: { between: [zone a, zone a b] } }', '7:48', 'found "zone a b"'],
    ['{ at: 1s, delay: { to: outside, by: 1ms, jitter: 2ms } }', '7:56', 'expected at most `by`, 1ms'],
    ['{ at: 1s, loss: { to: outside, share: 1 } }', '7:45', 'above 0% and below 100%'],
    ['{ at: 1s, bandwidth: { to: outside, limit: 10M } }', '7:50', 'expected a bandwidth'],
  ])('%s', (entry, place, message) => {
    const { diagnostics, said, places } = read(entry);
    expect(said).toEqual([expect.stringContaining(message)]);
    expect(places).toEqual([`wrong-value ${place}`]);
    expect(diagnostics[0].severity).toBe('error');
  });

  it.each([
    ['{ at: 1s, slow: { workload: a, factor: 3 } }', 'did you mean `3x`?'],
    ['{ at: 1s, kill: { workload: a, pods: "2" } }', 'without quotes: 2'],
    ['{ at: 1s, partition: { from: cart } }', 'write what it is: `workload cart`, `service cart`, `zone cart`'],
    ['{ at: 1s, partition: { from: worklod cart } }', 'did you mean `workload cart`?'],
    ['{ at: 1s, loss: { to: outside, share: 100% } }', '`partition` lets nothing through'],
  ])('helps: %s', (entry, hint) => {
    expect(read(entry).diagnostics[0].hint).toBe(hint);
  });

  it('two entries of one name', () => {
    const { places, said } = read(
      '{ at: 1s, name: x, kill: { workload: a } }',
      '{ at: 2s, name: x, kill: { workload: a } }',
    );
    expect(places).toEqual(['wrong-value 8:23']);
    expect(said).toEqual(['spec.timeline[1].name: the name "x" is already taken']);
  });
});

describe('pods that differ from the start', () => {
  it('are entries that have begun before the run, after those of the timeline', () => {
    const { timeline, said } = readIn(`  workloads:
    cart.shop:
      pods:
        - { ordinal: 0, slow: { factor: 2x } }
        - { ordinal: [1, 2], fail: { share: 1% }, stealCpu: { share: 30% } }
        - { ordinal: 3, pause: { length: 50ms, every: 1s } }
  timeline: [{ at: 1s, kill: { workload: cart } }]`);
    expect(said).toEqual([]);
    expect(timeline.map(({ name, startsNs, durationNs }) => [name, startsNs, durationNs])).toEqual([
      ['kill the pods of cart', [S], 0],
      ['work 2 times as long: pod 0 of cart.shop', null, null],
      ['1% of the requests fail with 500: pods 1 and 2 of cart.shop', null, null],
      ['30% of the CPU stolen: pods 1 and 2 of cart.shop', null, null],
      ['50 ms pause every 1 s: pod 3 of cart.shop', null, null],
    ]);
    expect(unplaced(timeline[1].action)).toEqual({
      kind: 'pods',
      target: { workload: { name: 'cart.shop' }, ordinals: [{ ordinal: 0 }], pods: { kind: 'all' } },
      fault: { kind: 'slow', factor: 2, addNs: 0 },
    });
    expect(timeline[1].at).toMatchObject({ line: 9, column: 11 });
  });

  it.each([
    ['{ ordinal: 0 }', '9:11', 'differs in nothing'],
    ['{ ordinal: 0, slow: {} }', '9:31', 'does not say how slow'],
    ['{ ordinal: 0, stealCpu: { share: 0 } }', '9:44', 'above 0% and below 100%'],
  ])('%s', (pod, place, message) => {
    const { said, places } = readIn(`  workloads:\n    cart:\n      pods:\n        - ${pod}`);
    expect(said).toEqual([expect.stringContaining(message)]);
    expect(places).toEqual([`wrong-value ${place}`]);
  });
});
