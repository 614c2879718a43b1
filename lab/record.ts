// Records a case: what this machine costs, then the case several times through a real Envoy.
import type { LabCase } from './case.js';
import { envoyVersion } from './envoy.js';
import { type LiveRun, runLive } from './live.js';
import type { Calibration, Costs, Recording } from './observation.js';

const WORK_MS = 5;
/** One request at a time: what is left of its latency without the work is the machine's. */
const CALIBRATION: LabCase = {
  name: 'calibration',
  question: 'What do proxy, client and loopback cost on this machine?',
  hosts: [{ work: `${WORK_MS}ms` }],
  load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 40 },
  checks: [],
};

const TIMEOUT_MS = 40;
/** And without the time-out it is that and the timer's. */
const TIMER: LabCase = {
  ...CALIBRATION,
  name: 'calibration of timers',
  question: 'How late do timers of the proxy fire?',
  hosts: [{ work: `${10 * TIMEOUT_MS}ms` }],
  http: { timeout: `${TIMEOUT_MS}ms` },
};

export const RUNS = 3;

/** A machine that needs longer for a request is busy with something else. */
const IDLE_PROXY_MS = 4;

/** On a machine that has the time for it, if there is such a moment soon. */
async function calibrateQuietly(binary: string): Promise<Machine> {
  let best = await calibrate(binary);
  for (let attempt = 1; attempt < ATTEMPTS && best.proxyMs > IDLE_PROXY_MS; attempt++) {
    const again = await calibrate(binary);
    if (again.proxyMs < best.proxyMs) best = again;
  }
  return best;
}

async function calibrate(binary: string): Promise<Pick<Calibration, 'proxyMs' | 'timerMs'>> {
  const { seen, costs } = await runLive(binary, CALIBRATION, 0);
  const proxyMs = Math.max(0, seen.latency.p50Ms - WORK_MS - costs.serverMs);
  const timer = await runLive(binary, TIMER, 0);
  return { proxyMs, timerMs: Math.max(0, timer.seen.latency.p50Ms - TIMEOUT_MS - proxyMs) };
}

/** What the machine costs changes slowly: it is measured anew after two minutes. */
const FRESH_MS = 120_000;
type Machine = Awaited<ReturnType<typeof calibrate>>;
let latest: { readonly machine: Machine; readonly atMs: number } | null = null;

async function machineCosts(binary: string): Promise<Machine> {
  if (latest === null || performance.now() - latest.atMs > FRESH_MS)
    latest = { machine: await calibrateQuietly(binary), atMs: performance.now() };
  return latest.machine;
}

export async function record(binary: string, lab: LabCase, count: number = lab.runs ?? RUNS): Promise<Recording> {
  const machine = await machineCosts(binary);
  const runs: LiveRun[] = [];
  for (let run = 0; run < count; run++) runs.push(await runQuietly(binary, lab, run));
  const { proxyMs, timerMs } = machine;
  const { serverMs, lineMs, sendMs } = meanCosts(runs);
  return {
    schema: 'seatrial.lab/1',
    case: lab.name,
    envoy: envoyVersion(binary),
    command: runs[0].command,
    calibration: rounded({ proxyMs, timerMs, serverMs, lineMs, sendMs }),
    runs: runs.map(({ seen }) => ({ ...seen, latency: rounded(seen.latency) })),
  };
}

/** So often at most. */
const ATTEMPTS = 12;

/** A run on a machine that has the time for it. */
async function runQuietly(binary: string, lab: LabCase, run: number): Promise<LiveRun> {
  const { quietMs = Number.POSITIVE_INFINITY } = lab;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const live = await runLive(binary, lab, run);
    if (live.worstMs <= quietMs) return live;
  }
  throw new Error(`${lab.name}: the machine is too busy for requests that are to take ${quietMs} ms at most`);
}

function meanCosts(runs: readonly LiveRun[]): Costs {
  const mean = (of: (costs: Costs) => number): number =>
    runs.reduce((sum, { costs }) => sum + of(costs), 0) / runs.length;
  return {
    serverMs: mean(({ serverMs }) => serverMs),
    lineMs: mean(({ lineMs }) => lineMs),
    sendMs: mean(({ sendMs }) => sendMs),
  };
}

/** Every number to a microsecond (`count` is whole as it is). */
function rounded<T extends object>(times: T): T {
  const round = (ms: number): number => Math.round(ms * 1000) / 1000;
  const entries = Object.entries(times).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(round) : round(value as number),
  ]);
  return Object.fromEntries(entries) as T;
}
