// What a workload that generates load is told about how much: by the flags of a tool, or by variables such as USERS and RATE.
// The variables: Online Boutique's loadgenerator (USERS, RATE: how fast users appear), emojivoto's vote-bot (REQUEST_RATE), Kiali's travels
// (CONNECTIONS and RATE are fortio's -c and -qps), k6's own (K6_VUS, K6_RPS), locust's own (LOCUST_USERS).
import { parseDurationNs } from '../../document/words.js';
import { normalKey } from '../discover/addresses.js';
import type { ContainerSettings, Setting } from '../discover/settings.js';
import type { KnownLoad, Load } from './load.js';
import { TOOLS, type Tool } from './tools.js';

/** null where nothing says it. */
export function readLoad(settings: readonly ContainerSettings[]): KnownLoad | null {
  for (const container of settings) {
    const found = byFlags(container) ?? bySettings(container);
    if (found !== null) return found;
  }
  return null;
}

/** Whether one of the containers runs a tool that generates load. */
export function runsLoadTool(settings: readonly ContainerSettings[]): boolean {
  return settings.some((container) => invokedTool(container) !== null);
}

function byFlags(container: ContainerSettings): KnownLoad | null {
  const tool = invokedTool(container);
  if (tool === null) return null;
  const line = commandLine(container);
  const connections = flagValue(line, tool.connectionFlags, plainNumber);
  const rate = flagValue(line, tool.rateFlags, plainNumber);
  const duration = flagValue(line, tool.durationFlags, seconds);
  const payload = flagValue(line, tool.payloadFlags, plainNumber);
  const shown = [tool.name, connections?.text, rate?.text, duration?.text, payload?.text];
  return {
    load: loadOf(tool, connections?.value ?? null, rate?.value ?? null),
    text: shown.filter((part) => part !== undefined).join(' '),
    durationSeconds: duration?.value || null,
    payloadBytes: payload?.value || null,
  };
}

function invokedTool(settings: ContainerSettings): Tool | null {
  const line = commandLine(settings);
  const image = settings.container.image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const tool =
    TOOLS.find(({ pattern }) => line.some((word) => pattern.test(word))) ??
    TOOLS.find(({ pattern }) => line.length > 0 && pattern.test(image));
  // `fortio server` waits for others to start a load.
  return tool === undefined || (tool.name === 'fortio' && !line.includes('load')) ? null : tool;
}

/** Words of the command and its arguments; a script is one argument of many words. */
function commandLine({ words }: ContainerSettings): readonly string[] {
  return words.flatMap(({ text }) => text.split(/[\s;&|]+/)).filter((word) => word !== '');
}

function loadOf(tool: Tool, given: number | null, givenRate: number | null): Load {
  const connections = wholeConnections(given ?? tool.connectionsByDefault);
  const rate = givenRate ?? tool.rateByDefault;
  const limited = rate === null || rate <= 0 ? null : rate * (tool.rateIs === 'each' ? connections : 1);
  if (tool.isOpen === true && limited !== null) return { kind: 'rate', ratePerSecond: limited };
  return { kind: 'connections', connections, ratePerSecond: limited, think: limited === null ? tool.think : null };
}

interface FlagValue {
  readonly text: string;
  readonly value: number;
}

/** `-c 8`, `-c8`, `-c=8`; `50/1s` counts as 50. */
function flagValue(
  line: readonly string[],
  flags: readonly string[],
  read: (text: string | undefined) => number | null,
): FlagValue | null {
  for (const [i, word] of line.entries()) {
    for (const flag of flags) {
      const spelled = word.startsWith('--') && !flag.startsWith('--') ? word.slice(1) : word;
      if (!spelled.startsWith(flag)) continue;
      const rest = spelled === flag ? line[i + 1] : spelled.slice(flag.length).replace(/^=/, '');
      const value = read(rest);
      if (value !== null) return { text: `${flag} ${rest}`, value };
    }
  }
  return null;
}

function plainNumber(text: string | undefined): number | null {
  const number = /^(\d{1,9}(?:\.\d{1,6})?)(?:\/(?:1?s|sec))?$/.exec((text ?? '').trim());
  return number === null ? null : Number(number[1]);
}

/** `300s`, `5m`, or a number of seconds. */
function seconds(text: string | undefined): number | null {
  const ns = parseDurationNs(text ?? '');
  return ns === null ? plainNumber(text) : ns / 1e9;
}

const RATE_KEY = /^((.*_)?(REQUEST_RATE|RPS|QPS|TPS|REQUESTS_PER_SECOND|REQ_PER_SEC|RATE_PER_SECOND)|RATE)$/;
const CONNECTION_KEY = /^(.*_)?(CONNECTIONS|CONCURRENCY|VUS|USERS|CLIENTS|NUM_USERS|NUM_CLIENTS|THREADS)$/;

function bySettings({ all }: ContainerSettings): KnownLoad | null {
  const rate = firstNumber(all, RATE_KEY);
  const connections = firstNumber(all, CONNECTION_KEY);
  if (connections !== null && connections.value >= 1) {
    const isUsers = /USERS$|VUS$/.test(normalKey(connections.setting.key));
    const shown = rate === null || isUsers ? label(connections) : `${label(connections)}, ${label(rate)}`;
    // Users think; what stands beside them as a rate is how fast they appear.
    const load: Load = {
      kind: 'connections',
      connections: wholeConnections(connections.value),
      ratePerSecond: isUsers || rate === null || rate.value <= 0 ? null : rate.value,
      think: isUsers ? 'uniform(1s, 10s)' : null,
    };
    return { load, text: shown, ...WITHOUT_END };
  }
  if (rate === null || rate.value <= 0) return null;
  return { load: { kind: 'rate', ratePerSecond: rate.value }, text: label(rate), ...WITHOUT_END };
}

const WITHOUT_END = { durationSeconds: null, payloadBytes: null };

interface NumberSetting {
  readonly setting: Setting;
  readonly value: number;
}

function firstNumber(settings: readonly Setting[], key: RegExp): NumberSetting | null {
  for (const setting of settings) {
    const value = key.test(normalKey(setting.key)) ? plainNumber(setting.value) : null;
    if (value !== null) return { setting, value };
  }
  return null;
}

function label({ setting, value }: NumberSetting): string {
  return `${setting.label} = ${value}`;
}

/** As many as a scenario takes. */
function wholeConnections(value: number): number {
  return Math.min(1_000_000, Math.max(1, Math.round(value)));
}
