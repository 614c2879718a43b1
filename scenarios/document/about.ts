// Schemas are written with zod/mini, in functions where zod has methods: its types are made in a fraction of the time, and every command that reads a
// scenario makes those of the scenario at its start.
import { en } from 'zod/locales';
import * as z from 'zod/mini';

// zod/mini has no words for what is wrong with a value, where a schema has none of its own.
z.config(en());

/** A schema with what an editor shows for it, beside what is known of it already: a description, or that and more. */
export function about<Schema extends z.ZodMiniType>(schema: Schema, meta: string | z.core.GlobalMeta): Schema {
  const more = typeof meta === 'string' ? { description: meta } : meta;
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), ...more });
  return schema;
}
