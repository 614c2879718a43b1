// What `seatrial init` says about the scenario that it has guessed: what was found, what to look at first, what to do next.
import { printable } from './escape.js';
import type { Colors } from './layout.js';

interface GuessedTraffic {
  readonly name: string;
  readonly to: string;
  /** null: from outside of the mesh. */
  readonly from: string | null;
  readonly load:
    | { readonly kind: 'rate'; readonly ratePerSecond: number }
    | { readonly kind: 'connections'; readonly connections: number; readonly ratePerSecond: number | null };
  readonly loadIsKnown: boolean;
}

/** What is told of a guessed scenario. */
export interface GuessedScenario {
  readonly serviceCount: number;
  readonly traffic: readonly GuessedTraffic[];
  /** Calls in the steps of services. */
  readonly callCount: number;
  readonly leftOut: readonly unknown[];
  readonly unreached: readonly unknown[];
  /** Objects that the scenario brings along: its calls are then no guesses. */
  readonly objects: readonly unknown[];
}

export interface InitSummary {
  readonly draft: GuessedScenario;
  /** The file that was written, as a person would name it. */
  readonly file: string;
  /** The command that runs it. */
  readonly next: string;
}

const MAX_TRAFFIC = 6;

/** A few lines for a terminal, with a line break at the end. */
export function initSummaryText({ draft, file, next }: InitSummary, colors: Colors): string {
  const { serviceCount, traffic, callCount } = draft;
  const lines = [
    `${colors.bold(printable(file))}: ${counted(serviceCount, 'service')}, ${counted(traffic.length, 'source')} of traffic, ${counted(callCount, 'call')}`,
    ...traffic.slice(0, MAX_TRAFFIC).map((source) => `  ${trafficLine(source)}`),
    ...(traffic.length > MAX_TRAFFIC ? [`  and ${traffic.length - MAX_TRAFFIC} more`] : []),
    '',
    'Check first:',
    ...checks(draft).map((check) => `  - ${check}`),
    '',
    `Next: ${colors.cyan(printable(next))}`,
  ];
  return `${lines.join('\n')}\n`;
}

function trafficLine({ name, from, to, load }: GuessedTraffic): string {
  const amount =
    load.kind === 'rate'
      ? `${load.ratePerSecond}/s`
      : `${counted(load.connections, 'connection')}${load.ratePerSecond === null ? '' : `, ${load.ratePerSecond}/s`}`;
  return printable(`${name}: ${amount} to ${to} from ${from ?? 'outside'}`);
}

function checks({ traffic, callCount, unreached, leftOut, objects }: GuessedScenario): string[] {
  const guessed = traffic.filter(({ loadIsKnown }) => !loadIsKnown).length;
  return [
    ...(guessed > 0
      ? [`rates: ${guessed === traffic.length ? 'all' : `${guessed} of ${traffic.length}`} are guesses`]
      : []),
    'work: times of each service are guesses by its kind; a dashboard knows better',
    ...(objects.length > 0 ? [] : [callCheck(callCount)]),
    ...(unreached.length > 0
      ? [`${counted(unreached.length, 'service')} that no traffic reaches: listed in the first lines of the file`]
      : []),
    ...(leftOut.length > 0
      ? [`${counted(leftOut.length, 'finding')} left out: listed in the first lines of the file`]
      : []),
  ];
}

function callCheck(calls: number): string {
  return calls === 0
    ? 'calls: the YAML does not say who calls whom; add them as `- call: …`'
    : 'calls: all are made one after the other, once for each request';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
