// What to write in a timeline in place of words that other tools use.
import type { FieldPath } from '../../models/config/resource.js';
import { lookup } from '../../sim/lookup.js';
import { entrySchema, TIMELINE_ACTIONS } from './schema-timeline.js';
import { fieldsAt } from './schema-walk.js';

/** What other tools call it. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  abort: 'the word is `fail`',
  canary: 'the word is `apply`, with the YAML that the cluster has then',
  config: 'the word is `apply`',
  deploy: 'the word is `apply`',
  remove: 'the word is `delete`',
  rollback: 'the word is `for` beside `apply`, or another `apply`',
  blackhole: 'the word is `partition`',
  clients: 'the word is `reconnect` for all connections at once, `churn` for a share of them each second',
  controlPlane: 'the words are `istiod: down`',
  cpu: 'the word is `stealCpu`',
  delete: 'the word is `stop`, or `kill` for processes that are killed at once',
  duration: 'the word is `for`',
  cordon: 'the word is `drainNode`',
  disrupt: 'the word is `evict`',
  drain: 'the word is `drainNode`',
  error: 'the word is `fail`',
  errors: 'the word is `fail`',
  eviction: 'the word is `evict`',
  freeze: 'the word is `hang`, or `pause` where it goes on after a while',
  latency: 'the word is `slow` for pods, and `delay` for messages between them',
  load: 'the word is `traffic`',
  outage: 'the word is `down` for a host outside, `refuse` or `hang` for pods',
  memory: 'the word is `leak`',
  oom: 'the word is `leak`',
  packetLoss: 'the word is `loss`',
  repeat: 'the words are `every`, and `times` or `until`',
  rollout: 'the word is `restart`',
  replicas: 'the word is `scale`, e.g. `scale: {workload: cart, replicas: 5}`',
  terminate: 'the word is `stop`',
  start: 'the word is `at`',
  stress: 'the word is `stealCpu`',
  time: 'the word is `at`, or `times` beside `every`',
};
const OTHER_LISTS: readonly string[] = ['chaos', 'events', 'experiments', 'faults'];

/**
 * What to write instead of a field that a person expects for what is done while a mesh runs; null: the field is not about that.
 * @param siblings the fields beside it
 */
export function wordOfTimeline(path: FieldPath, key: string, siblings: readonly string[]): string | null {
  const [spec, list, entry] = path;
  if (spec !== 'spec') return null;
  if (path.length === 1) return OTHER_LISTS.includes(key) ? 'the word is `timeline`: see docs/timeline.md' : null;
  if (path.length !== 3 || list !== 'timeline' || typeof entry !== 'number') return null;
  const other = lookup(OTHER_NAMES, key);
  if (other !== undefined) return other;
  const takers = TIMELINE_ACTIONS.filter((action) => fieldsAt(entrySchema, [action]).includes(key));
  if (takers.length === 0) return null;
  const given = takers.filter((action) => siblings.includes(action));
  const inside = (given.length > 0 ? given : takers.slice(0, 3)).map((action) => `\`${action}: { ${key}: … }\``);
  return `\`${key}\` stands inside an action: ${inside.join(', ')}`;
}
