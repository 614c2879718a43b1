// What is done to load, and to who sends it: from the words of the timeline to factors, shares and connections, and a sentence that says so.
import type { FieldPath } from '../../models/config/resource.js';
import type { TrafficInput } from '../../models/plan/settings/timeline-input.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import { percent, timesAsMuch } from './phrases.js';
import type { ActionReading } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';

/** Shares of a mix may be rounded: `33.3%` three times is a whole. */
const ROUNDED = 0.002;

export function readTrafficChange(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'traffic'>,
): ActionReading | null {
  if (given.rate === undefined && given.mix === undefined) {
    reader.wrong(path, 'does not say what changes: expected `rate`, `mix` or both', 'for example `rate: 3x`');
    return null;
  }
  const factor = reader.factor([...path, 'rate'], given.rate, given.rate === undefined ? 1 : null);
  const mix = given.mix === undefined ? undefined : readMix(reader, [...path, 'mix'], given.mix);
  if (factor === null || mix === null) return null;
  if (factor === 1 && given.rate !== undefined) {
    reader.wrong([...path, 'rate'], 'changes nothing', 'write how many times as much comes: `3x`');
  }
  const { name, whose } = sourceOf(reader, path, given.name);
  const much = factor === 0 ? 'no traffic' : factor === 1 ? null : `${timesAsMuch(factor)} the traffic`;
  const words = mix?.shares.map((one) => `${percent(one.share)} ${one.name}`).join(', ');
  const what = [...(much === null ? [] : [much]), ...(words === undefined ? [] : [words])].join(', ');
  const action: TrafficInput = { kind: 'traffic', name, factor, ...(mix === undefined ? {} : { mix }) };
  return { action, sentence: `${what}: ${whose}` };
}

function readMix(
  reader: ScenarioReader,
  path: FieldPath,
  given: NonNullable<ScenarioAction<'traffic'>['mix']>,
): NonNullable<TrafficInput['mix']> | null {
  const shares = Object.entries(given).flatMap(([name, word]) => {
    const share = reader.share([...path, name], word, null);
    return share === null ? [] : [{ name, share, at: reader.at([...path, name]) }];
  });
  if (shares.length < Object.keys(given).length) return null;
  const sum = shares.reduce((all, one) => all + one.share, 0);
  if (Math.abs(sum - 1) > ROUNDED) {
    reader.wrong(path, `expected shares that are 100% together, found ${percent(Number(sum.toPrecision(6)))}`);
    return null;
  }
  return { shares: shares.map((one) => ({ ...one, share: one.share / sum })), at: reader.at(path) };
}

export function readReconnect(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'reconnect'>,
): ActionReading {
  const { name, whose } = sourceOf(reader, path, given.name);
  return { action: { kind: 'clients', name, sharePerSecond: null }, sentence: `all connect anew: ${whose}` };
}

export function readChurn(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'churn'>,
): ActionReading | null {
  const sharePerSecond = reader.share([...path, 'share'], given.share, null);
  if (sharePerSecond === null) return null;
  if (sharePerSecond === 0) reader.wrong([...path, 'share'], 'a share of 0 never ends a connection');
  const { name, whose } = sourceOf(reader, path, given.name);
  return {
    action: { kind: 'clients', name, sharePerSecond },
    sentence: `${percent(sharePerSecond)} of the connections end each second: ${whose}`,
  };
}

function sourceOf(
  reader: ScenarioReader,
  path: FieldPath,
  name: string | undefined,
): { readonly name: TrafficInput['name']; readonly whose: string } {
  if (name === undefined) return { name: null, whose: 'all traffic' };
  return { name: { name, at: reader.at([...path, 'name']) }, whose: name };
}
