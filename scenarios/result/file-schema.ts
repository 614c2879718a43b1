// results.json as a zod schema, made from that of a result: in the lists that are written as what sets their members apart every field may be missing.
import * as z from 'zod/mini';
import { lookup } from '../../sim/lookup.js';
import { about } from '../document/about.js';
import type { Collection } from './collections.js';
import { COLLECTIONS, RESULT_FILE_SCHEMA, SERIES_COLLECTIONS } from './result-file.js';
import { resultSchema } from './result-schema.js';

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** The variants that are made, once each, so that the JSON Schema names them once. */
const sparse = new Map<z.core.$ZodType, z.core.$ZodType>();

const top = membersOf(resultSchema.shape, COLLECTIONS);
const series = membersOf(resultSchema.shape.series.shape, SERIES_COLLECTIONS);

export const resultFileSchema = about(
  z.strictObject({
    ...resultSchema.shape,
    schema: z.literal(RESULT_FILE_SCHEMA),
    ...listsOf(top),
    series: z.strictObject({ ...resultSchema.shape.series.shape, ...listsOf(series) }),
    usual: about(
      z.strictObject({ ...usualOf(top, ''), ...usualOf(series, 'series.') }),
      'By list: what a member has in the fields that it lacks, and in the fields of its fields.',
    ),
    likeWhole: about(
      z.strictObject(
        Object.fromEntries(
          top.flatMap(({ name, parts }) => (parts === null ? [] : [[`${name}.${parts}`, z.array(z.string())]])),
        ),
      ),
      'By list of parts: the fields in which a part that lacks them is as the whole that it stands in.',
    ),
  }),
  {
    title: 'Seatrial results',
    description:
      'What a run observed. Plain numbers with the unit in each name. In the lists that grow with the mesh, once they are long, a field that is missing is as the ' +
      'same field of the whole (`likeWhole`), else as `usual` has it; a `goodLatency` that is missing is as `latency`, and so are its fields. ' +
      '`readRunResult` of the library fills all in.',
  },
);

interface Members extends Collection {
  readonly shape: Shape;
}

function membersOf(shape: Shape, collections: readonly Collection[]): readonly Members[] {
  return collections.map((collection) => ({ ...collection, shape: shapeOf(lookup(shape, collection.name)) }));
}

/** Of the members of a list. */
function shapeOf(list: z.core.$ZodType | undefined): Shape {
  if (list instanceof z.ZodMiniArray && list.def.element instanceof z.ZodMiniObject)
    return list.def.element.shape as Shape;
  throw new TypeError('a collection of results.json is no list of objects');
}

function listsOf(members: readonly Members[]): Shape {
  return Object.fromEntries(
    members.map(({ name, parts, shape }) => {
      const below = parts === null ? {} : { [parts]: z.array(sparseObject(shapeOf(lookup(shape, parts)))) };
      return [name, z.array(z.extend(sparseObject(shape), below))];
    }),
  );
}

function usualOf(members: readonly Members[], prefix: string): Shape {
  return Object.fromEntries(
    members.flatMap(({ name, parts, shape }) => [
      [`${prefix}${name}`, sparseObject(without(shape, parts))],
      ...(parts === null ? [] : [[`${prefix}${name}.${parts}`, sparseObject(shapeOf(lookup(shape, parts)))]]),
    ]),
  );
}

function without(shape: Shape, name: string | null): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([field]) => field !== name));
}

function sparseObject(shape: Shape): z.ZodMiniObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, z.optional(sparseOf(field))])),
  );
}

function sparseOf(schema: z.core.$ZodType): z.core.$ZodType {
  const known = sparse.get(schema) ?? madeSparse(schema);
  sparse.set(schema, known);
  return known;
}

function madeSparse(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodMiniOptional) return sparseOf(schema.def.innerType);
  if (schema instanceof z.ZodMiniNullable) return z.nullable(sparseOf(schema.def.innerType));
  if (!(schema instanceof z.ZodMiniObject)) return schema;
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  const made = sparseObject(schema.shape as Shape);
  return id === undefined
    ? made
    : about(made, { id: `PartOf${id}`, ...(description === undefined ? {} : { description }) });
}
