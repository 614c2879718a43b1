// What explanations look up in a trace.
import type { Dial } from '../routes/dial.js';
import type { RouteTrace, TraceEvent } from '../routes/trace.js';
import type { Place } from './explanation.js';

/** The first event of a kind; null: it did not happen. */
export function eventOf<K extends TraceEvent['kind']>(
  { events }: RouteTrace,
  kind: K,
): Extract<TraceEvent, { kind: K }> | null {
  return events.find((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind) ?? null;
}

export function servicePlace(dial: Dial): Place | null {
  return dial.kind === 'service' ? { resource: dial.service.resource, position: dial.service.position } : null;
}
