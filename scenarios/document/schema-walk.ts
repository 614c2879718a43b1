// Which fields does the schema know at a path? For "did you mean" and for nothing else.

import * as z from 'zod';
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
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function step(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | null {
  if (schema instanceof z.ZodObject)
    return lookup(schema.shape as Record<string, z.core.$ZodType>, String(part)) ?? null;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return null;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodLazy) return unwrap(schema.unwrap());
  return schema;
}
