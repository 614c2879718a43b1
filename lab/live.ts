// The live side of a case: servers, a real Envoy between, a client; what they saw becomes an observation.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { envoyBootstrap } from '../reports/envoy/bootstrap.js';
import { type LabCase, LETTERS } from './case.js';
import { makeCertificate } from './certificate.js';
import { firstHosts } from './changes/change.js';
import { Discovery } from './changes/discovery.js';
import { carryOut } from './changes/schedule.js';
import { runClient } from './client.js';
import { sleep } from './clock.js';
import { CLUSTER_STATISTICS, sumCounters } from './counters.js';
import { Envoy } from './envoy.js';
import { casePlan, clientOf, letterOf, plansOf } from './mesh.js';
import { type Costs, type Latency, type Observation, PICKS_MAX, SAMPLE } from './observation.js';
import { patched } from './patch.js';
import { Upstream } from './upstream.js';

const LOOPBACK = '127.0.0.1';
const DISCARD_PORT = 9;
/** Envoy writes its log, and what a client did not wait for ends. */
const SETTLE_MS = 150;

export interface LiveRun {
  readonly seen: Observation;
  readonly command: string;
  readonly costs: Costs;
  /** What took longest: a request, or how late a change was done. */
  readonly worstMs: number;
}

/** One run of a case through the Envoy at `binary`. */
export async function runLive(binary: string, lab: LabCase, run: number): Promise<LiveRun> {
  const plan = casePlan(lab);
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-lab-'));
  const picks: { readonly letter: string; readonly atMs: number }[] = [];
  const { changes = [], partsMs = [] } = lab;
  const seed = `${lab.name} ${run}`;
  const certificate = lab.tls === undefined ? null : makeCertificate(folder);
  const upstreams = lab.hosts.map(
    (host, i) =>
      new Upstream({
        host,
        letter: LETTERS[i],
        protocol: plan.clusters[0]?.protocol ?? 'http1',
        maxConcurrentStreams: Math.min(...plan.clusters.map((cluster) => cluster.maxConcurrentStreams)),
        seed,
        certificate,
        rttMs: lab.rttMs ?? 0,
        hasDoor: changes.some(
          (change) => change.kind === 'fault' && change.fault === 'silence' && change.host === LETTERS[i],
        ),
        arrived: (letter) => picks.push({ letter, atMs: performance.now() }),
      }),
  );
  let envoy: Envoy | null = null;
  try {
    for (const upstream of upstreams) await upstream.start();
    const log = join(folder, 'access.log');
    const bootstraps = plansOf(plan).map((version) =>
      envoyBootstrap(version, clientOf(plan), {
        listener: { address: LOOPBACK, port: 0 },
        admin: { address: LOOPBACK, port: 0 },
        endpoint: (workload) => ({ address: LOOPBACK, port: portOf(plan, workload, upstreams) }),
        accessLog: log,
      }),
    );
    const [{ message, calls }] = bootstraps;
    const letters = LETTERS.slice(0, lab.hosts.length);
    const byPort = (port: number): string => letters[upstreams.findIndex((one) => one.port === port)] ?? '';
    const discovery =
      changes.length === 0 && lab.absent === undefined
        ? null
        : new Discovery(
            folder,
            bootstraps.map((one) => patched(one.message, lab)),
            missingOf(plan),
            byPort,
            firstHosts(letters, lab.absent),
          );
    envoy = new Envoy(binary, folder, discovery?.bootstrap ?? patched(message, lab), lab.workers);
    const proxy = await envoy.ready();
    const call = calls.get(plan.traffic[0].requests[0].site) ?? '';
    const { load, clientTimeoutMs: timeoutMs = 0, keys = 0, bodyBytes = 0, settleMs = 0, cold = false } = lab;
    let startMs = 0;
    let changed = Promise.resolve(0);
    const { latenciesMs, sendMs } = await runClient({
      proxy,
      call,
      load,
      timeoutMs,
      seed,
      keys,
      bodyBytes,
      settleMs,
      cold,
      begins: (atMs) => {
        startMs = atMs;
        changed = carryOut(changes, atMs, {
          upstream: (letter) => upstreams[LETTERS.indexOf(letter)],
          tell: (change) => discovery?.tell(change),
          configure: (version) => discovery?.configure(version),
        });
      },
    });
    const latestMs = await changed;
    await sleep(SETTLE_MS);
    const statistics = await envoy.statistics();
    refuseRejected(statistics);
    await envoy.stop();
    return {
      seen: {
        outcomes: logged(readFileSync(log, 'utf8'), call),
        hosts: countOf(picks.map(({ letter }) => letter)),
        picks: picks.length > PICKS_MAX ? '' : picks.map(({ letter }) => letter).join(''),
        ...(partsMs.length === 0 ? {} : { parts: partsOf(picks, startMs, partsMs) }),
        counters: counters(plan, statistics),
        latency: latencyOf(latenciesMs),
      },
      command: envoy.command,
      worstMs: Math.max(latestMs, ...latenciesMs),
      costs: {
        serverMs: meanLateness(upstreams),
        lineMs: meanLateness(
          upstreams.flatMap(({ relay }) => (relay === null ? [] : [{ lateMs: relay.lateMs, answers: relay.pieces }])),
        ),
        sendMs,
      },
    };
  } finally {
    await envoy?.stop();
    for (const upstream of upstreams) await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By configuration: clusters that the proxy does not have. */
function missingOf(plan: MeshPlan): readonly ReadonlySet<string>[] {
  return plan.configurations?.facts.map(({ missingClusters }) => new Set(missingClusters)) ?? [new Set()];
}

/** An Envoy that does not take what it is told shows nothing of what it would have done. */
function refuseRejected(statistics: ReadonlyMap<string, number>): void {
  const rejected = [...statistics].filter(([name, count]) => name.endsWith('update_rejected') && count > 0);
  if (rejected.length > 0) throw new Error(`Envoy has refused an update: ${rejected.map(([name]) => name).join(', ')}`);
}

/** Requests that reached each host, by the parts of the load. */
function partsOf(
  picks: readonly { readonly letter: string; readonly atMs: number }[],
  startMs: number,
  partsMs: readonly number[],
): Record<string, number>[] {
  return [0, ...partsMs].map((_, part) =>
    countOf(
      picks.flatMap(({ letter, atMs }) =>
        partsMs.filter((ms) => atMs - startMs >= ms).length === part ? [letter] : [],
      ),
    ),
  );
}

/** Nobody calls the pods of the client: where they listen does not matter. */
function portOf(plan: MeshPlan, workload: number, upstreams: readonly Upstream[]): number {
  const letter = letterOf(plan.workloads[workload]);
  return letter === null ? DISCARD_PORT : upstreams[LETTERS.indexOf(letter)].port;
}

/** Calls by status and flags, without those that only warmed the client. */
function logged(log: string, call: string): Record<string, number> {
  const lines = log.split('\n').filter((line) => line !== '');
  return countOf(
    lines.flatMap((line) => {
      const entry = JSON.parse(line) as {
        readonly status: number;
        readonly flags: string | null;
        readonly call: string;
      };
      return entry.call === call ? [`${entry.status} ${entry.flags ?? '-'}`] : [];
    }),
  );
}

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function counters(plan: MeshPlan, statistics: ReadonlyMap<string, number>): Record<string, number> {
  return sumCounters(
    plan.clusters.map(({ name }) =>
      Object.fromEntries(
        Object.entries(CLUSTER_STATISTICS).map(([ours, envoys]) => [
          ours,
          statistics.get(`cluster.${statName(name)}.${envoys}`) ?? 0,
        ]),
      ),
    ),
  );
}

/** envoy: source/common/stats/utility.cc: a colon in the name of a cluster is an underscore in its statistics. */
function statName(name: string): string {
  return name.replaceAll(':', '_');
}

export function latencyOf(latencies: readonly number[]): Latency {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return {
    count: sorted.length,
    meanMs: sorted.length === 0 ? 0 : sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    sampleMs: sorted.length <= SAMPLE ? sorted : Array.from({ length: SAMPLE }, (_, i) => at((i + 0.5) / SAMPLE)),
  };
}

function meanLateness(all: readonly { readonly lateMs: number; readonly answers: number }[]): number {
  const answers = all.reduce((sum, one) => sum + one.answers, 0);
  const lateMs = all.reduce((sum, one) => sum + one.lateMs, 0);
  return answers === 0 ? 0 : lateMs / answers;
}
