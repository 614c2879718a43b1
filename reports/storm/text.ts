// What `seatrial storm` found, for a terminal: how many storms hurt, and the worst with what they do.
import { createColors } from 'picocolors';
import type { StormCase, StormEntry, StormResult } from '../../scenarios/result/storm-result.js';
import { printable } from '../escape.js';
import { type Colors, headed, wrapped } from '../layout.js';
import { formatDurationMs, formatNumber, formatShare } from '../numbers.js';
import { meshText } from '../release.js';

const NS_PER_MS = 1e6;
/** Below this share of good answers there is nothing that a storm could break. */
const BROKEN_BELOW = 0.5;

export interface StormTextOptions {
  readonly color: boolean;
  readonly width: number;
  /** Directory of the scenarios; null: none were written. */
  readonly directory: string | null;
}

export function stormText(result: StormResult, { color, width, directory }: StormTextOptions): string {
  const colors = createColors(color);
  const { worst } = result;
  const isBad = worst.some(({ recovered }) => !recovered);
  const style = isBad ? colors.red : colors.cyan;
  const lines = [
    ...headed(isBad ? '✘ STORM' : '● STORM', `  ${printable(result.scenario)}`, width, style, colors.bold),
    ...wrapped(whatRan(result), width, 1).map(colors.dim),
    '',
    ...wrapped(answer(result), width, 1).map(isBad ? (text) => colors.bold(colors.red(text)) : colors.bold),
    ...worst.flatMap((one, i) => ['', ...caseLines(one, i + 1, directory, width, colors)]),
  ];
  return `${lines.join('\n')}\n`;
}

function whatRan(result: StormResult): string {
  const { storms, stormsRequested, durationNs, warmupNs, seed, runs } = result;
  const count = storms === stormsRequested ? `${storms}` : `${storms} of ${stormsRequested}`;
  return [
    `${count} × ${formatDurationMs(durationNs / NS_PER_MS)} after ${formatDurationMs(warmupNs / NS_PER_MS)} of warm-up`,
    printable(meshText(result)),
    `seed ${printable(seed)}`,
    `${runs} runs`,
  ].join(' · ');
}

function answer(result: StormResult): string {
  const { storms, harmless, notRecovered, calm, stop } = result;
  const cut = stop === 'budget' ? ' The budget of wall time ended the search.' : '';
  if (calm.goodShare < BROKEN_BELOW)
    return `Broken without any storm: ${formatShare(1 - calm.goodShare)} of all requests fail. \`seatrial run\` says why.${cut}`;
  const of = storms === 1 ? 'the only storm' : `${storms} storms`;
  const hurt = storms - harmless - notRecovered;
  if (harmless === storms) return `Nothing is lost to ${of}.${cut}`;
  const isWorseWhenSmaller = notRecovered === 0 && result.worst.some(({ recovered }) => !recovered);
  const head = isWorseWhenSmaller
    ? `Of a part of ${storms === 1 ? of : `one of ${of}`} requests are not back when the run ends.`
    : notRecovered === 0
      ? `Requests recover from ${storms === 1 ? of : `all ${of}`}.`
      : `Requests are not back when the run ends in ${notRecovered} of ${of}.`;
  const rest = [
    hurt > 0 ? `${hurt} cost${hurt === 1 ? 's' : ''} requests` : '',
    harmless > 0 ? `${harmless} nothing` : '',
  ];
  const more = rest.filter((words) => words !== '').join(', ');
  return `${head}${more === '' ? '' : ` ${more}.`}${cut}`;
}

function caseLines(one: StormCase, number: number, directory: string | null, width: number, colors: Colors): string[] {
  const head = one.recovered ? 'recovers' : 'not back when the run ends';
  const lost = `${formatShare(one.lostShare)} lost (${formatNumber(one.lost, 0)} requests)`;
  const style = one.recovered ? colors.yellow : colors.red;
  const times = one.entries.map(timeOf);
  const timeWidth = Math.max(...times.map(({ length }) => length));
  return [
    ...headed(
      `${number}  ${head}, ${lost}`,
      `  storm ${one.storm}${drawnWords(one)}`,
      width,
      (text) => colors.bold(style(text)),
      colors.dim,
    ),
    ...one.entries.flatMap((entry, i) => entryLines(times[i].padEnd(timeWidth), printable(entry.name), width)),
    ...(directory === null
      ? []
      : wrapped(`seatrial run ${printable(directory)}/${one.file}`, width, 4).map(colors.dim)),
  ];
}

function drawnWords({ entries, drawn }: StormCase): string {
  return drawn.entries.length === entries.length ? '' : `, drawn with ${drawn.entries.length} entries`;
}

/** `14s for 6s` */
function timeOf({ at, for: lasts }: StormEntry): string {
  return lasts === undefined ? at : `${at} for ${lasts}`;
}

function entryLines(time: string, name: string, width: number): string[] {
  const indent = 4 + time.length + 2;
  return wrapped(name, width, indent).map((line, i) => (i === 0 ? `    ${time}  ${line.trimStart()}` : line));
}
