import { expect, test } from 'vitest';
import { ContainerStop, type StoppingContainer } from '../../../../models/kubernetes/kubelet/stop-order.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const ordinary = (name: string, hasPreStop = false): StoppingContainer => ({ name, role: 'ordinary', hasPreStop });
const sidecar = (name: string, hasPreStop = false): StoppingContainer => ({ name, role: 'sidecar', hasPreStop });

interface Behavior {
  /** How long the preStop hook takes, in seconds. */
  readonly hook?: number;
  /** How long after SIGTERM the container exits; Infinity: it ignores the signal. */
  readonly exit?: number;
}

/** `second name action` for all that is done to the containers, and for their exits. */
function run(
  grace: number,
  containers: readonly StoppingContainer[],
  behavior: ReadonlyMap<string, Behavior>,
): string[] {
  const stop = new ContainerStop(100 * S, grace, containers);
  const log: string[] = [];
  let events: { atNs: number; name: string; what: 'hook' | 'exit' }[] = [];
  for (let nowNs = 100 * S; !stop.isDone; ) {
    for (const { name, action } of stop.advance(nowNs)) {
      log.push(`${nowNs / S - 100} ${name} ${action}`);
      const { hook = 0, exit = 0 } = behavior.get(name) ?? {};
      if (action === 'preStop') events.push({ atNs: nowNs + hook * S, name, what: 'hook' });
      if (action === 'SIGTERM') events.push({ atNs: nowNs + exit * S, name, what: 'exit' });
      if (action === 'SIGKILL') {
        events = events.filter((event) => event.name !== name);
        events.push({ atNs: nowNs, name, what: 'exit' });
      }
    }
    nowNs = Math.min(stop.nextNs ?? Infinity, ...events.map(({ atNs }) => atNs));
    for (const { atNs, name, what } of events) {
      if (atNs > nowNs) continue;
      if (what === 'hook') stop.hookEnded(nowNs, name);
      else {
        stop.exited(name);
        log.push(`${nowNs / S - 100} ${name} gone`);
      }
    }
    events = events.filter(({ atNs }) => atNs > nowNs);
  }
  return log;
}

test('the hook, SIGTERM, SIGKILL: all within the grace period', () => {
  expect(run(30, [ordinary('app', true)], new Map([['app', { hook: 5, exit: 3 }]]))).toEqual([
    '0 app preStop',
    '5 app SIGTERM',
    '8 app gone',
  ]);
  expect(run(30, [ordinary('app', true)], new Map([['app', { hook: 5, exit: Infinity }]]))).toEqual([
    '0 app preStop',
    '5 app SIGTERM',
    '30 app SIGKILL',
    '30 app gone',
  ]);
});

test('a hook that outlasts the grace period leaves 2 s', () => {
  expect(run(10, [ordinary('app', true)], new Map([['app', { hook: 60, exit: Infinity }]]))).toEqual([
    '0 app preStop',
    '10 app SIGTERM',
    '12 app SIGKILL',
    '12 app gone',
  ]);
});

test('what a hook took is reckoned in whole seconds', () => {
  const log = run(10, [ordinary('app', true)], new Map([['app', { hook: 2.9, exit: Infinity }]]));
  expect(log.map((line) => Number(line.split(' ')[0]))).toEqual([
    0,
    expect.closeTo(2.9),
    expect.closeTo(10.9),
    expect.closeTo(10.9),
  ]);
});

test('native sidecars go after the ordinary containers, in reverse order; their hooks run from the start', () => {
  const containers = [sidecar('first'), sidecar('second', true), ordinary('app'), ordinary('other')];
  const behavior = new Map([
    ['app', { exit: 4 }],
    ['other', { exit: 1 }],
    ['second', { hook: 1, exit: 2 }],
    ['first', { exit: 1 }],
  ]);
  expect(run(30, containers, behavior)).toEqual([
    '0 second preStop',
    '0 app SIGTERM',
    '0 other SIGTERM',
    '1 other gone',
    '4 app gone',
    '4 second SIGTERM',
    '6 second gone',
    '6 first SIGTERM',
    '7 first gone',
  ]);
});

test('a sidecar does not wait longer than the grace period', () => {
  const behavior = new Map([
    ['app', { exit: Infinity }],
    ['proxy', { exit: Infinity }],
  ]);
  expect(run(10, [sidecar('proxy'), ordinary('app')], behavior)).toEqual([
    '0 app SIGTERM',
    '10 proxy SIGTERM',
    '10 app SIGKILL',
    '10 app gone',
    '12 proxy SIGKILL',
    '12 proxy gone',
  ]);
});

test('without a grace period there are no hooks and no order, and two seconds all the same', () => {
  expect(run(0, [sidecar('proxy', true), ordinary('app', true)], new Map([['app', { exit: Infinity }]]))).toEqual([
    '0 proxy SIGTERM',
    '0 app SIGTERM',
    '0 proxy gone',
    '2 app SIGKILL',
    '2 app gone',
  ]);
});
