// A run with a timeline in words: the most important thing in a sentence, what happened, and when all was as before. Names are as they came from the
// input: who prints them escapes them.
import type { RunResult } from '../scenarios/result/run-result.js';
import type { HappeningSummary, ImpactSummary, PhaseSummary } from '../scenarios/result/timeline-result.js';
import { formatDurationMs, formatMeasured, formatNumber, formatShare } from './numbers.js';

const MS_PER_SECOND = 1000;
const NS_PER_MS = 1e6;
/** Up to here times are told in seconds. */
const CLOCK_FROM = 600;
/** Shares of errors that differ by less are the same to a reader. */
const SAME_SHARE = 0.005;
/** So many times the latency of before is worth a word. */
const SLOWER = 1.25;
/** The 99th percentile of a single interval varies: so many times the one of a whole phase is no chance. */
const MUCH_SLOWER = 3;
/** A recovery that takes less is at once. */
const SHOWN_SECONDS = 0.05;
/** From this share of errors on there is nothing to come back to. */
const OUTAGE_SHARE = 0.5;

export type TimelineTone = 'bad' | 'unsure' | 'fine';

export interface TimelineSentence {
  readonly text: string;
  /** `bad`: it does not recover; `unsure`: nothing can be told. */
  readonly tone: TimelineTone;
}

/** null for a run without a timeline. */
export function timelineSentence(result: RunResult): TimelineSentence | null {
  const sentence = recoverySentence(result);
  return sentence === null ? null : { ...sentence, text: `${sentence.text}${boundWords(result)}` };
}

function recoverySentence({ impacts = [], phases = [], replications, durationNs }: RunResult): TimelineSentence | null {
  if (impacts.length === 0) return null;
  const outage = brokenBefore(phases);
  if (outage !== null) return brokenFromTheStart(outage, impacts, phases);
  const broken = impacts.find(({ recovery }) => recovery.left !== null);
  if (broken !== undefined) return { text: notRecovered(broken, impacts, replications, durationNs / 1e9), tone: 'bad' };
  const known = impacts.filter(({ recovery }) => recovery.recovered > 0);
  if (known.length === 0) {
    const text = `Too little time is left after ${quoted(impacts[0])} to tell whether requests recover.`;
    return { text, tone: 'unsure' };
  }
  const open = impacts.length - known.length;
  const rest =
    open === 0 ? '' : ` Of ${open === 1 ? 'one other' : `${open} others`} nothing can be told: too little time.`;
  return { text: `${recovered(known, phases)}${rest}`, tone: 'fine' };
}

/** How long a replication is: `2 min`, or, where it went on until all was as before, `up to 3 min 20 s`. */
export function lengthText({ durationNs, untilRecovered }: RunResult): string {
  const length = formatDurationMs(durationNs / NS_PER_MS);
  return untilRecovered !== undefined && durationNs > untilRecovered.durationNs ? `up to ${length}` : length;
}

/** Of a run that went on: `The run went on to its bound, 11 min.` */
function boundWords({ durationNs, untilRecovered: until }: RunResult): string {
  if (until === undefined || until.verdict === 'pass' || durationNs < until.boundNs) return '';
  return ` The run went on to its bound, ${formatDurationMs(until.boundNs / NS_PER_MS)}.`;
}

/** The phase before the first entry, where most of what was sent failed. */
function brokenBefore([first]: readonly PhaseSummary[]): PhaseSummary | null {
  return first?.name === 'before' && (first.all.errorShare.value ?? 0) >= OUTAGE_SHARE ? first : null;
}

function brokenFromTheStart(
  before: PhaseSummary,
  impacts: readonly ImpactSummary[],
  phases: readonly PhaseSummary[],
): TimelineSentence {
  const start = `Broken before anything happens: ${formatShare(before.all.errorShare.value ?? 0)} errors before ${quoted(impacts[0])}`;
  const last = impacts[impacts.length - 1];
  const end = phases[phases.length - 1]?.all.errorShare.value ?? 0;
  if (last.recovery.left !== null || end >= OUTAGE_SHARE)
    return { text: `${start}, ${formatShare(last.recovery.left?.errorShare ?? end)} when the run ends.`, tone: 'bad' };
  const cure = impacts.find(({ recovery }) => recovery.recovered > 0 && recovery.notRecovered === 0) ?? last;
  return { text: `${start}. Requests are good ${whenBack(cure)}.`, tone: 'unsure' };
}

/** `Does not recover from "2x shoppers": 25 % errors still 10 s after its end.` */
function notRecovered(
  broken: ImpactSummary,
  impacts: readonly ImpactSummary[],
  replications: number,
  endSeconds: number,
): string {
  const last = impacts[impacts.length - 1];
  const still = last.recovery.left;
  // Where a later entry has put some of the replications right, those are not counted.
  const count = Math.min(broken.recovery.notRecovered, still === null ? replications : last.recovery.notRecovered);
  const often = count === replications ? '' : ` in ${count} of ${replications} replications`;
  const head = `Does not recover from ${withUntold(broken, impacts)}`;
  if (still !== null) {
    const seconds = endSeconds - broken.recovery.sinceSeconds;
    return `${head}${often}: ${stateOf(last)} still ${duration(seconds)} ${sinceWords(broken)}.`;
  }
  const { left } = broken.recovery;
  const later = impacts.slice(impacts.indexOf(broken) + 1).find(({ recovery }) => recovery.left === null);
  const until = left === null || left.until === null ? '' : `, when "${left.until}" begins`;
  const cured =
    later === undefined || later.recovery.recovered === 0 ? '' : ` Requests are as before ${whenBack(later)}.`;
  return `${head} by itself${often}: ${stateOf(broken)} still ${duration(left?.afterSeconds ?? 0)} ${sinceWords(broken)}${until}.${cured}`;
}

/** What began so shortly before that nothing can be told of it is named first: it may be the cause. */
function withUntold(broken: ImpactSummary, impacts: readonly ImpactSummary[]): string {
  const before = impacts.slice(0, impacts.indexOf(broken));
  const from = before.findLastIndex(({ recovery }) => recovery.recovered + recovery.notRecovered > 0) + 1;
  const untold = before.slice(from);
  if (untold.length === 0) return quoted(broken);
  const more = untold.length === 1 ? quoted(broken) : `${untold.length} more entries, the last ${quoted(broken)}`;
  return `${quoted(untold[0])} and ${more}`;
}

/** `25 % errors`, `p99 of 4.2 s (180 ms before)`, with the request where it is about one. */
function stateOf({ recovery: { left, before } }: ImpactSummary): string {
  if (left === null) return '';
  const where = left.request === null ? '' : ` of ${left.request}`;
  const isErrors = left.errorShare > (before?.errorShare ?? 0) + SAME_SHARE || left.p99Ms === null;
  if (isErrors) return `${formatShare(left.errorShare)} errors${where}`;
  const was =
    left.request !== null || before === null || before.p99Ms === null
      ? ''
      : ` (${formatDurationMs(before.p99Ms)} before)`;
  return `p99${where} of ${formatDurationMs(left.p99Ms ?? 0)}${was}`;
}

/** `Recovers 4.2 s after "kill 1 pod of storefront": 37 requests lost.` */
function recovered(known: readonly ImpactSummary[], phases: readonly PhaseSummary[]): string {
  const worst = [...known].sort(
    (a, b) => lostOf(b) - lostOf(a) || (b.recovery.seconds.value ?? 0) - (a.recovery.seconds.value ?? 0),
  )[0];
  const each = worst.times > 1 ? ' each time' : '';
  const seconds = worst.recovery.seconds.value ?? 0;
  const slower = lostOf(worst) === 0 ? slowerWords(worst, phases) : '';
  const lost = `${lostWords(worst)}${each}${slower}`;
  if (known.length > 1) {
    const back = seconds >= SHOWN_SECONDS ? `, back ${duration(seconds)} ${sinceWords(worst)}` : '';
    return `Recovers from all ${known.length} entries of the timeline. The worst: ${quoted(worst)}, ${lost}${back}.`;
  }
  if (seconds >= SHOWN_SECONDS) return `Recovers ${duration(seconds)} ${afterWords(worst)}: ${lost}.`;
  if (lostOf(worst) >= 1)
    return worst.recovery.from === 'end'
      ? `Recovers as soon as ${quoted(worst)} ends: ${lost}.`
      : `Stays up through ${quoted(worst)}: ${lost}.`;
  return `No request is lost to ${quoted(worst)}${slower}.`;
}

/**
 * `, but p99 is 345 ms while it holds, 204 ms before`; or, where requests are held and answered later, `, but p99 reaches 4.2 s, 204 ms before`; nothing
 * where that is much the same.
 */
function slowerWords(
  { entry, worstP99, recovery: { before } }: ImpactSummary,
  phases: readonly PhaseSummary[],
): string {
  const held = phases.find(({ entries }) => entries.includes(entry))?.all.p99Ms.value ?? 0;
  const usual = before?.p99Ms ?? Number.POSITIVE_INFINITY;
  const worst = worstP99?.ms ?? 0;
  if (worst > MUCH_SLOWER * Math.max(usual, held))
    return `, but p99 reaches ${formatDurationMs(worst)}, ${formatDurationMs(usual)} before`;
  return held > SLOWER * usual
    ? `, but p99 is ${formatDurationMs(held)} while it holds, ${formatDurationMs(usual)} before`
    : '';
}

/** `1.2 s after the end of "0x shoppers"` */
function whenBack(impact: ImpactSummary): string {
  const seconds = impact.recovery.seconds.value ?? 0;
  if (seconds >= SHOWN_SECONDS) return `${duration(seconds)} ${afterWords(impact)}`;
  return impact.recovery.from === 'end' ? `as soon as ${quoted(impact)} ends` : `from ${quoted(impact)} on`;
}

function lostOf({ lost }: ImpactSummary): number {
  return Math.round(lost.value ?? 0);
}

function lostWords(impact: ImpactSummary): string {
  const lost = lostOf(impact);
  return `${lost === 0 ? 'no' : formatNumber(lost, 0)} request${lost === 1 ? '' : 's'} lost`;
}

function sinceWords({ beginSeconds, endSeconds, recovery }: ImpactSummary): string {
  if (recovery.from === 'end') return 'after its end';
  return beginSeconds === endSeconds ? 'after it' : 'after it began';
}

function afterWords(impact: ImpactSummary): string {
  const { recovery, beginSeconds, endSeconds } = impact;
  if (recovery.from === 'end') return `after the end of ${quoted(impact)}`;
  return beginSeconds === endSeconds ? `after ${quoted(impact)}` : `after the beginning of ${quoted(impact)}`;
}

function quoted({ entry }: ImpactSummary): string {
  return `"${entry}"`;
}

/** `4.2±0.3 s`, `at once`, `never`, `not in 2 of 3`, `?`. */
export function recoveryCell({ recovery }: ImpactSummary, replications: number): string {
  const { seconds, recovered: back, notRecovered: never } = recovery;
  if (never > 0) return never === replications ? 'never' : `not in ${never} of ${replications}`;
  if (back === 0 || seconds.value === null) return '?';
  return seconds.value < SHOWN_SECONDS ? 'at once' : `${formatMeasured(seconds)} s`;
}

/** An entry and how long it lasts: `2 times the traffic: shoppers, for 4 s`, `kill 1 pod of cart, 30 times`. */
export function entryWords({ entry, times, beginSeconds, endSeconds }: ImpactSummary): string {
  const lasts =
    endSeconds === null
      ? ' until the end'
      : endSeconds > beginSeconds
        ? `, for ${duration(endSeconds - beginSeconds)}`
        : '';
  return `${entry}${lasts}${times > 1 ? `, ${times} times` : ''}`;
}

/** `3 pods of cart ready, until 14.3 s`: without the time at which it began. */
export function happeningWords(happening: HappeningSummary): string {
  const { kind, entry, workload, workloads, count, lastSeconds, atSeconds, lowSeconds, highSeconds } = happening;
  const whose = workloads > 1 ? `${workloads} workloads` : nameOf(workload);
  const pods = `${count} pod${count === 1 ? '' : 's'} of ${whose}`;
  const nodes = `${count} node${count === 1 ? '' : 's'}`;
  const until =
    lastSeconds - atSeconds >= 0.05 * Math.max(1, atSeconds / 100) ? `, the last at ${clock(lastSeconds)}` : '';
  const spread =
    highSeconds - lowSeconds > lastSeconds - atSeconds + 0.1 ? ` (${clock(lowSeconds)} to ${clock(highSeconds)})` : '';
  switch (kind) {
    case 'began':
      return count > 1 ? `${entry}, ${count} times until ${clock(lastSeconds)}` : entry;
    case 'ended':
      return count > 1 ? `end of ${entry}, ${count} times until ${clock(lastSeconds)}` : `end of ${entry}`;
    case 'pod killed':
      return `${pods} killed${until}${spread}`;
    case 'pod created':
      return `${pods} created${until}${spread}`;
    case 'pod ready':
      return `${pods} ready${until}${spread}`;
    case 'out of memory':
      return `out of memory: ${pods}${until}${spread}`;
    case 'application down':
      return `application down: ${pods}${until}${spread}`;
    case 'application up':
      return `application up: ${pods}${until}${spread}`;
    case 'pod unready':
      return `${pods} fail readiness${until}${spread}`;
    case 'pod ready again':
      return `${pods} ready again${until}${spread}`;
    case 'container killed':
      return `${pods} restarted: probes of liveness or start-up fail${until}${spread}`;
    case 'scaled':
      return `${whose} scaled${count > 1 ? ` ${count} times` : ''}${until}${spread}`;
    case 'pod leaving':
      return `${pods} to go${until}${spread}`;
    case 'pod ended':
      return `${pods} ended${until}${spread}`;
    case 'pod pending':
      return `no node for ${pods}${until}${spread}`;
    case 'rollout began':
      return `new pods for ${whose}${count > 1 ? `, ${count} times` : ''}${until}${spread}`;
    case 'rollout progressed':
      return `new pods of ${whose} serve${until}${spread}`;
    case 'rollout done':
      return `all pods of ${whose} are new${until}${spread}`;
    case 'rollout stuck':
      return `the new pods of ${whose} come no further${until}${spread}`;
    case 'node unknown':
      return `the control plane knows of ${nodes} lost${until}${spread}`;
    case 'node back':
      return `${nodes} back${until}${spread}`;
    case 'node added':
      return `${nodes} added${until}${spread}`;
    case 'node removed':
      return `${nodes} removed${until}${spread}`;
    case 'pod evicted':
      return `${pods} evicted${until}${spread}`;
    case 'eviction refused':
      return `a budget keeps ${pods}${until}${spread}`;
    case 'node drained':
      return `${nodes} drained${until}${spread}`;
    case 'endpoints known':
      return `all proxies know the endpoints of ${whose}${until}${spread}`;
    case 'recovered':
      return `requests as before${spread}`;
    case 'not recovered':
      return `not recovered from ${entry}`;
  }
}

/** `name` of `name.namespace`. */
function nameOf(workload: string): string {
  const dot = workload.lastIndexOf('.');
  return dot === -1 ? workload : workload.slice(0, dot);
}

/** One time that an entry holds, or all of them where they are told together; seconds. */
export interface NumberedMark {
  /** Of the entry, from 1 in the order of their beginnings. */
  readonly number: number;
  readonly name: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** By time. */
export function numberedMarks({ impacts = [], happenings = [], durationNs }: RunResult): NumberedMark[] {
  return happenings.flatMap(({ kind, entry, time, atSeconds, lastSeconds }) => {
    const number = impacts.findIndex((impact) => impact.entry === entry) + 1;
    if (kind !== 'began' || number === 0) return [];
    const end = happenings.find((other) => other.kind === 'ended' && other.entry === entry && other.time === time);
    const open = impacts[number - 1]?.endSeconds === null ? durationNs / 1e9 : lastSeconds;
    return [{ number, name: entry, fromSeconds: atSeconds, toSeconds: end?.lastSeconds ?? open }];
  });
}

/** A time after the warm-up: `0 s`, `12.4 s`, `12:05`, `1:02:05`. */
export function clock(seconds: number): string {
  if (seconds < CLOCK_FROM) return duration(seconds);
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const rest = two(whole % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** To a tenth of a second: no interval of the series is much finer. */
export function duration(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  return tenths === 0
    ? '0 s'
    : formatDurationMs(tenths * 100).replace(/^(\d+) ms$/, (_, ms) => `${Number(ms) / MS_PER_SECOND} s`);
}
