// Which fields does the schema know at a path? For "did you mean" and for nothing else.

import * as z from 'zod/mini';
import type { FieldPath } from '../../models/config/resource.js';
import { lookup } from '../../sim/lookup.js';

/** Names of the fields of the object at `path`; empty where the schema has no object there. */
export function fieldsAt(schema: z.core.$ZodType, path: FieldPath): readonly string[] {
  let current = unwrap(schema);
  for (const part of path) {
    const next = step(current, part);
    if (next === null) return [];
    current = unwrap(next);
  }
  return current instanceof z.ZodMiniObject ? Object.keys(current.shape) : [];
}

function step(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | null {
  if (schema instanceof z.ZodMiniObject)
    return lookup(schema.shape as Record<string, z.core.$ZodType>, String(part)) ?? null;
  if (schema instanceof z.ZodMiniArray) return schema.def.element;
  if (schema instanceof z.ZodMiniRecord) return schema.def.valueType;
  return null;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodMiniOptional || schema instanceof z.ZodMiniNullable) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodMiniLazy) return unwrap(schema.def.getter());
  return schema;
}
