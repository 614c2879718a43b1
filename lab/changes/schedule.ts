// The live side of changes: at their times, the real Envoy is told, and its servers are harmed.
import { until } from '../clock.js';
import type { Upstream } from '../upstream.js';
import { type Change, type FaultChange, type HostsChange, inOrder } from './change.js';

export interface Targets {
  readonly upstream: (letter: string) => Upstream;
  readonly tell: (change: HostsChange) => void;
}

type Act = { readonly atMs: number; readonly act: () => Promise<void> | void };

/** Carries the changes of a case out. @param startMs when the load begins, on the clock of `performance.now()` */
export async function carryOut(changes: readonly Change[], startMs: number, targets: Targets): Promise<void> {
  const acts = inOrder(changes)
    .flatMap((change) => actsOf(change, targets))
    .sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, act } of acts) {
    await until(startMs + atMs);
    await act();
  }
}

function actsOf(change: Change, { upstream, tell }: Targets): Act[] {
  switch (change.kind) {
    case 'hosts':
      return [{ atMs: change.atMs, act: () => tell(change) }];
    case 'fault':
      return faultActs(change, change.atMs, upstream(change.host));
  }
}

function faultActs({ fault, forMs }: FaultChange, atMs: number, upstream: Upstream): Act[] {
  const begin: Act = { atMs, act: () => upstream.suffer(fault) };
  return forMs === undefined ? [begin] : [begin, { atMs: atMs + forMs, act: () => upstream.recover(fault) }];
}
