// Which pods an entry of a timeline is about.
import { describe, expect, test } from 'vitest';
import type { PodTargetInput } from '../../../../models/plan/settings/timeline-input.js';
import { AT, compile, MS } from '../support.js';
import { errors, named, pods, targetOf, wish, workloadsOf, zoneOf } from './wishes.js';

describe('pods', () => {
  test.each<[string, Partial<PodTargetInput>, string[]]>([
    ['a workload', { workload: named('web-v1') }, ['web-v1.b']],
    ['a workload with its namespace', { workload: named('two.c') }, ['two.c']],
    ['a workload in a namespace', { workload: named('two'), namespace: named('c') }, ['two.c']],
    ['a service in a namespace', { service: named('two'), namespace: named('b') }, ['two.b']],
    ['a service', { service: named('web') }, ['web-v1.b', 'web-v2.b']],
    ['a version of a service', { service: named('web.b'), version: named('v2') }, ['web-v2.b']],
    ['a version', { version: named('v1') }, ['web-v1.b', 'two.b']],
    ['a workload behind a service', { service: named('web'), workload: named('web-v2') }, ['web-v2.b']],
    ['labels', { labels: { labels: { app: 'two', tier: 'gold' }, at: AT } }, ['two.c']],
    ['a namespace', { namespace: named('c') }, ['two.c', 'far.c', 'nobody.c']],
    ['labels in a namespace', { namespace: named('b'), labels: { labels: { app: 'two' }, at: AT } }, ['two.b']],
  ])('%s', (_, target, workloads) => {
    expect(workloadsOf(target).toSorted()).toEqual(workloads.toSorted());
  });

  test('of a place are those of the mesh, in its localities', () => {
    const all = ['client.a', 'web-v1.b', 'web-v2.b', 'two.b', 'db.b', 'two.c', 'far.c', 'nobody.c'];
    for (const target of [
      { zone: named('r1-b') },
      { zone: named('r1/r1-b') },
      { zone: named('r1-b'), region: named('r1') },
    ]) {
      expect(workloadsOf(target).toSorted()).toEqual(all.toSorted());
      expect(targetOf(target).localities?.map(zoneOf)).toEqual(['r1-b']);
    }
    expect(targetOf({ region: named('r1') }).localities?.map(zoneOf)).toEqual(['r1-a', 'r1-b']);
    expect(targetOf({ workload: named('far'), region: named('r2') })).toMatchObject({ ordinals: null });
    expect(targetOf({ workload: named('db') }).localities).toBeNull();
  });

  test('by their ordinals, ascending and each once, and how many of them', () => {
    const ordinals = [2, 0, 2].map((ordinal) => ({ ordinal, at: AT }));
    const share = { kind: 'share', share: 0.5 } as const;
    expect(targetOf({ workload: named('two.c'), ordinals, pods: share })).toMatchObject({
      ordinals: [0, 2],
      pods: share,
    });
  });

  test('of hosts outside are slow, fail, hang and refuse, and nothing else', () => {
    const slow = { kind: 'slow', factor: 1, addNs: MS } as const;
    expect(workloadsOf({ service: named('api.partner.com') }, slow)).toEqual(['api.partner.com.b']);
    expect(workloadsOf({ service: named('api.pay.example') }, slow)).toEqual(['api.pay.example.']);
    for (const fault of [{ kind: 'hang' }, { kind: 'refuse' }, { kind: 'fail', share: 1, status: 503 }] as const)
      expect(workloadsOf({ service: named('api.partner.com') }, fault)).toHaveLength(1);
    const owned = [
      { kind: 'kill' },
      { kind: 'crash' },
      { kind: 'steal', share: 0.5 },
      { kind: 'pause', lengthNs: 1, everyNs: 2 },
    ] as const;
    for (const fault of owned) {
      expect(errors(pods({ service: named('api.partner.com') }, fault))).toEqual([
        'no-pod-matches 2:1: it: api.partner.com is outside of the cluster, where nothing does this | ' +
          'take slow, fail, hang or refuse, or `down: { host: api.partner.com }`',
      ]);
    }
  });

  test.each<[string, Partial<PodTargetInput>, string]>([
    [
      'no such workload',
      { workload: named('web-v3', 9) },
      'workload-not-found 1:9: no workload is named web-v3 | did you mean web-v1.b, web-v2.b?',
    ],
    [
      'no such service',
      { service: named('wbe', 9) },
      'service-not-found 1:9: no service is named wbe | did you mean web.b, db.b?',
    ],
    [
      'a workload of two namespaces',
      { workload: named('two', 9) },
      'ambiguous-name 1:9: two means workloads in several namespaces: b, c | write two.b',
    ],
    [
      'a service of two namespaces',
      { service: named('two', 9) },
      'ambiguous-name 1:9: two means several services: two.b, two.c | write one of them with its namespace, e.g. two.b',
    ],
    [
      'a workload that is not behind the service',
      { workload: named('db', 9), service: named('web') },
      'no-pod-matches 1:9: db is not behind web | known names: web-v1.b, web-v2.b',
    ],
    [
      'no such namespace',
      { workload: named('db'), namespace: named('bb', 9) },
      'no-pod-matches 1:9: no workload that is meant is in a namespace named bb | did you mean b?',
    ],
    [
      'no such labels',
      { labels: { labels: { app: 'tow' }, at: { ...AT, column: 9 } } },
      'no-pod-matches 1:9: no pod has app=tow | did you mean app=two, app=db, app=far?',
    ],
    [
      'no such version',
      { service: named('web'), version: named('v4', 9) },
      'no-pod-matches 1:9: no pod that is meant is of version v4 | did you mean v1, v2?',
    ],
    [
      'no such zone',
      { zone: named('r1-c', 9) },
      'locality-not-found 1:9: no pod runs in a zone named r1-c | did you mean r1-a, r1-b',
    ],
    [
      'no such region',
      { region: named('r9', 9) },
      'locality-not-found 1:9: no pod runs in a region named r9 | did you mean r1, r2',
    ],
    [
      'a zone of another region',
      { zone: named('r1-a', 9), region: named('r2') },
      'locality-not-found 1:9: zone r1-a is not in region r2 | remove one of them',
    ],
    [
      'no pod of it there',
      { workload: named('far'), zone: named('r1-a') },
      'no-pod-matches 2:1: it: no pod matches | they run in zone r2-x',
    ],
    [
      'no pods at all',
      { workload: named('nobody') },
      'no-pod-matches 2:1: it: no pod matches | these workloads have no pods',
    ],
    [
      'nobody behind the service',
      { service: named('empty') },
      'no-pod-matches 2:1: it: no pod matches | no workload stands behind the name',
    ],
    [
      'no such ordinal',
      { workload: named('two.c'), ordinals: [{ ordinal: 3, at: { ...AT, column: 9 } }] },
      'no-pod-matches 1:9: there is no pod 3 | there are pods 0 to 2',
    ],
    [
      'no other ordinal',
      { workload: named('db'), ordinals: [{ ordinal: 1, at: { ...AT, column: 9 } }] },
      'no-pod-matches 1:9: there is no pod 1 | there is only pod 0',
    ],
    [
      'the ordinal is elsewhere',
      { workload: named('web-v1'), zone: named('r1-a'), ordinals: [{ ordinal: 1, at: AT }] },
      'no-pod-matches 2:1: it: no pod matches | they run in zone r1-a, r1-b',
    ],
  ])('%s is an error at its place', (_, target, error) => {
    expect(errors(pods(target))).toEqual([expect.stringContaining(error)]);
  });

  test('sources of traffic are no workloads', () => {
    const outside = { ...wish([pods({ workload: named('load') })]), from: null };
    expect(compile(outside).diagnostics.map(({ code }) => code)).toContain('workload-not-found');
  });
});
