// Kinds that are read and checked, and whose effect comes with the passing of a cluster's time, which a run does not have yet.
import { checked, type Schema } from '../schema.js';

/** Reads with `schema`; the whole is listed as not modelled, with what that means for the answer. */
export function withoutEffectYet<T>(schema: Schema<T>, meaning: string): Schema<T> {
  return checked(schema, (_value, place) => place.notModelled(meaning));
}
