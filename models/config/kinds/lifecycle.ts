// The hooks of a container (kubernetes: staging/src/k8s.io/api/core/v1/types.go Lifecycle, LifecycleHandler). What a preStop hook does to a run is that it takes time.
import { natural, strings } from '../scalars.js';
import { checked, defaulted, listed, mapped, notModelled, object, optional, type Schema } from '../schema.js';

/** Seconds that the preStop hook takes; 0: none is written, or nobody knows how long one takes. */
export interface Lifecycle {
  readonly preStopSeconds: number;
}

export const NO_LIFECYCLE: Lifecycle = { preStopSeconds: 0 };

const UNKNOWN = 'how long the hook takes is not known: it is taken to take no time';
const SLEEP = /\bsleep\s+(\d+(?:\.\d+)?)([smh]?)\b/;
const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

interface Hook {
  readonly sleep: { readonly seconds: number } | null;
  readonly exec: { readonly command: readonly string[] } | null;
}

const hook: Schema<Hook> = checked(
  object<Hook>(
    'a hook',
    {
      sleep: optional('sleep', object('a sleep', { seconds: defaulted('seconds', natural, 0) })),
      exec: optional('exec', object('a command', { command: defaulted('command', strings, []) })),
    },
    { others: { httpGet: listed(notModelled(UNKNOWN)), tcpSocket: listed(notModelled(UNKNOWN)) } },
  ),
  ({ exec }, place) => {
    if (exec !== null && sleepOf(exec.command) === null) place.child('exec').notModelled(UNKNOWN);
  },
);

/** `lifecycle` of a container. */
export const lifecycle: Schema<Lifecycle> = mapped(
  object<{ preStop: Hook | null }>(
    'hooks',
    { preStop: optional('preStop', hook) },
    {
      others: {
        postStart: listed(notModelled('the hook is not run: starting takes no longer for it')),
        stopSignal: listed(notModelled('the signal that ends the application is taken to be SIGTERM')),
      },
    },
  ),
  ({ preStop }) => ({
    preStopSeconds: preStop?.sleep?.seconds ?? sleepOf(preStop?.exec?.command ?? []) ?? 0,
  }),
);

/** Seconds that a command sleeps; null: it is no sleep. */
function sleepOf(command: readonly string[]): number | null {
  const found = SLEEP.exec(command.join(' '));
  return found === null ? null : Number(found[1]) * (SECONDS.get(found[2] ?? '') ?? 1);
}
