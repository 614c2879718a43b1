// Records a case: what this machine costs, then the case several times through a real Envoy.
import type { LabCase } from './case.js';
import { envoyVersion } from './envoy.js';
import { type LiveRun, runLive } from './live.js';
import type { Calibration, Recording } from './observation.js';

const WORK_MS = 5;
/** One request at a time: what is left of its latency without the work is the machine's. */
const CALIBRATION: LabCase = {
  name: 'calibration',
  question: 'What do proxy, client and loopback cost on this machine?',
  hosts: [{ work: `${WORK_MS}ms` }],
  load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 40 },
  checks: [],
};

export const RUNS = 3;

export async function calibrate(binary: string): Promise<Calibration> {
  const { seen, serverMs } = await runLive(binary, CALIBRATION, 0);
  const rounded = (ms: number): number => Math.max(0, Math.round(ms * 1000) / 1000);
  return { proxyMs: rounded(seen.latency.p50Ms - WORK_MS - serverMs), serverMs: rounded(serverMs) };
}

export async function record(binary: string, lab: LabCase, count: number = lab.runs ?? RUNS): Promise<Recording> {
  const calibration = await calibrate(binary);
  const runs: LiveRun[] = [];
  for (let run = 0; run < count; run++) runs.push(await runLive(binary, lab, run));
  return {
    schema: 'seatrial.lab/1',
    case: lab.name,
    envoy: envoyVersion(binary),
    command: runs[0].command,
    calibration,
    runs: runs.map(({ seen }) => rounded(seen)),
  };
}

function rounded(seen: LiveRun['seen']): LiveRun['seen'] {
  const { count, ...times } = seen.latency;
  const ms = Object.fromEntries(Object.entries(times).map(([name, value]) => [name, Math.round(value * 1000) / 1000]));
  return { ...seen, latency: { ...seen.latency, ...ms, count } };
}
