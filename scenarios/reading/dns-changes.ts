// What names resolve to: from the words of the timeline to answers, and a sentence that says so.
import type { FieldPath } from '../../models/config/resource.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import type { ActionReading } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';

const NS_PER_S = 1e9;
/** How long an answer may be kept, where nobody says it. */
const TTL_NS = 60 * NS_PER_S;

export function readDns(reader: ScenarioReader, path: FieldPath, given: ScenarioAction<'dns'>): ActionReading {
  const ttlNs = reader.durationNs([...path, 'ttl'], given.ttl, TTL_NS);
  if (ttlNs % NS_PER_S !== 0) reader.wrong([...path, 'ttl'], 'expected whole seconds');
  const host = { name: given.host, at: reader.at([...path, 'host']) };
  const answers = { count: given.answers, at: reader.at([...path, 'answers']) };
  return {
    action: { kind: 'dns', host, answers, ttlSeconds: Math.floor(ttlNs / NS_PER_S) },
    sentence: sentenceOf(given),
  };
}

function sentenceOf({ host, answers }: ScenarioAction<'dns'>): string {
  if (answers === 'fails') return `${host} cannot be resolved`;
  if (answers === 0) return `${host} resolves to nothing`;
  return `${host} resolves to ${answers} ${answers === 1 ? 'address' : 'addresses'}`;
}
