// What a storm can be made smaller by: an entry less (delta debugging with single steps: Zeller and Hildebrandt, TSE 2002), half the time, fewer pods,
// half the size.

import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import { parseDurationNs } from '../document/words.js';
import { spelt } from './draw.js';

/** No delay becomes shorter, no entry, no share smaller, no rate nearer to 1x than this. */
const LEAST_NS = 1e6;
const LEAST_FOR_NS = 1e9;
const LEAST_SHARE = 0.01;
const LEAST_RATE = 1.1;

type Entry = ScenarioTimelineEntry;

/** All storms with one entry less, in the order of the entries. */
export function withoutOne(entries: readonly Entry[]): Entry[][] {
  return entries.length < 2 ? [] : entries.map((_, i) => entries.filter((_, other) => other !== i));
}

/** All storms in which one thing of one entry is smaller, in the order of the entries. */
export function lessened(entries: readonly Entry[]): Entry[][] {
  return entries.flatMap((entry, i) =>
    smaller(entry).map((own) => entries.map((other, index) => (index === i ? own : other))),
  );
}

function smaller(entry: Entry): Entry[] {
  return [...shorter(entry), ...fewerPods(entry), ...fewerNodes(entry), ...weaker(entry)];
}

function shorter(entry: Entry): Entry[] {
  const half = halfTime(entry.for, LEAST_FOR_NS);
  return half === null ? [] : [{ ...entry, for: half }];
}

function halfTime(word: string | number | undefined, leastNs = LEAST_NS): string | null {
  const timeNs = word === undefined ? null : parseDurationNs(String(word));
  return timeNs === null || timeNs < 2 * leastNs ? null : spelt(timeNs / 2);
}

const PODS = ['kill', 'crash', 'hang', 'refuse', 'fail', 'slow', 'stealCpu', 'pause'] as const;

function fewerPods(entry: Entry): Entry[] {
  return PODS.flatMap((word): Entry[] => {
    const action = entry[word];
    if (action?.workload === undefined || action.pods === 1) return [];
    return [{ ...entry, [word]: { ...action, pods: action.pods === undefined ? '50%' : 1 } }];
  });
}

function fewerNodes(entry: Entry): Entry[] {
  return (['loseNode', 'drainNode'] as const).flatMap((word): Entry[] => {
    const action = entry[word];
    return action === undefined || action.nodes === 1 ? [] : [{ ...entry, [word]: { ...action, nodes: 1 } }];
  });
}

function weaker(entry: Entry): Entry[] {
  const { slow, fail, stealCpu, pause, traffic, delay, loss } = entry;
  const found: (Entry | null)[] = [];
  if (slow !== undefined) found.push(changed(halfTime(slow.by), (by) => ({ ...entry, slow: { ...slow, by } })));
  if (pause !== undefined)
    found.push(changed(halfTime(pause.length), (length) => ({ ...entry, pause: { ...pause, length } })));
  if (delay !== undefined) found.push(changed(halfTime(delay.by), (by) => ({ ...entry, delay: { ...delay, by } })));
  if (fail !== undefined)
    found.push(changed(halfShare(fail.share), (share) => ({ ...entry, fail: { ...fail, share } })));
  if (loss !== undefined)
    found.push(changed(halfShare(loss.share), (share) => ({ ...entry, loss: { ...loss, share } })));
  if (stealCpu !== undefined)
    found.push(changed(halfShare(stealCpu.share), (share) => ({ ...entry, stealCpu: { ...stealCpu, share } })));
  if (traffic?.rate !== undefined)
    found.push(changed(lowerRate(traffic.rate), (rate) => ({ ...entry, traffic: { ...traffic, rate } })));
  return found.filter((one) => one !== null);
}

function changed<Word>(word: Word | null, make: (word: Word) => Entry): Entry | null {
  return word === null ? null : make(word);
}

function halfShare(word: string | number | undefined): string | null {
  const share = Number.parseFloat(String(word ?? '100%')) / 100;
  return share < 2 * LEAST_SHARE ? null : `${Math.round(share * 50 * 10) / 10}%`;
}

function lowerRate(word: string | number): string | null {
  const factor = 1 + (Number.parseFloat(String(word)) - 1) / 2;
  return factor < LEAST_RATE ? null : `${Math.round(factor * 100) / 100}x`;
}
