// What is done to the control plane: `down`, or `{ slow: 10x }`.
import type { FieldPath } from '../../models/config/resource.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import { timesAsMuch } from './phrases.js';
import type { ActionReading } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';

export function readIstiod(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'istiod'>,
): ActionReading | null {
  if (given === 'down') return { action: { kind: 'istiod', isDown: true }, sentence: 'istiod is down' };
  const factor = reader.factor([...path, 'slow'], given.slow, null);
  if (factor === null) return null;
  if (factor <= 1) reader.wrong([...path, 'slow'], `expected a factor above 1x, found ${given.slow}`);
  return { action: { kind: 'istiod', isDown: false, factor }, sentence: `istiod takes ${timesAsMuch(factor)} as long` };
}
