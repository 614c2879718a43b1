// The live side of changes: at their times, the real Envoy is told, and its servers are harmed.
import { until } from '../clock.js';
import type { Upstream } from '../upstream.js';
import { type Change, type FaultChange, type HostsChange, inOrder } from './change.js';

export interface Targets {
  readonly upstream: (letter: string) => Upstream;
  readonly tell: (change: HostsChange) => void;
  /** @param version of the configuration, from 0 */
  readonly configure: (version: number) => void;
}

type Act = { readonly atMs: number; readonly act: () => Promise<void> | void };

/**
 * Carries the changes of a case out.
 * @param startMs when the load begins, on the clock of `performance.now()`
 * @returns how late the latest of them was done
 */
export async function carryOut(changes: readonly Change[], startMs: number, targets: Targets): Promise<number> {
  const ordered = inOrder(changes);
  const configurations = ordered.filter(({ kind }) => kind === 'configuration');
  const acts = ordered
    .flatMap((change) => actsOf(change, configurations.indexOf(change) + 1, targets))
    .sort((a, b) => a.atMs - b.atMs);
  let latestMs = 0;
  for (const { atMs, act } of acts) {
    await until(startMs + atMs);
    await act();
    latestMs = Math.max(latestMs, performance.now() - startMs - atMs);
  }
  return latestMs;
}

function actsOf(change: Change, version: number, { upstream, tell, configure }: Targets): Act[] {
  switch (change.kind) {
    case 'hosts':
      return [{ atMs: change.atMs, act: () => tell(change) }];
    case 'configuration':
      return [{ atMs: change.atMs, act: () => configure(version) }];
    case 'fault':
      return faultActs(change, change.atMs, upstream(change.host));
  }
}

function faultActs({ fault, forMs }: FaultChange, atMs: number, upstream: Upstream): Act[] {
  const begin: Act = { atMs, act: () => upstream.suffer(fault) };
  return forMs === undefined ? [begin] : [begin, { atMs: atMs + forMs, act: () => upstream.recover(fault) }];
}
