// Writes models/config/published/crds/NAME.ts from CustomResourceDefinitions as a project publishes them: types, bounds and rules of every field, and
// no description. Equal parts are written once.
//   node scripts/read-crds.mjs NAME SOURCE FILE...     e.g. istio 'istio 1.31, manifests/charts/base/files/crd-all.gen.yaml' crd-all.gen.yaml
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const KEPT = [
  'type',
  'enum',
  'required',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'format',
  'nullable',
  'default',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
];
const LEFT_OUT = ['description', 'title', 'example', 'x-kubernetes-map-type', 'x-kubernetes-embedded-resource'];
const OF_EVERY_OBJECT = ['apiVersion', 'kind', 'metadata', 'status'];

function reduced(schema) {
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (KEPT.includes(key)) out[key] = value;
    else if (key === 'properties')
      out[key] = Object.fromEntries(Object.entries(value).map(([name, of]) => [name, reduced(of)]));
    else if (key === 'items' || key === 'not') out[key] = reduced(value);
    else if (key === 'additionalProperties') out[key] = typeof value === 'object' ? reduced(value) : {};
    else if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') out[key] = value.map(reduced);
    else if (key === 'x-kubernetes-validations')
      out.rules = value
        .filter(({ rule }) => !rule.includes('oldSelf'))
        .map(({ rule, message }) => ({ rule: rule.replace(/\s+/g, ' ').trim(), message }));
    else if (!LEFT_OUT.includes(key)) throw new Error(`nobody reads ${key}`);
  }
  if (out.rules?.length === 0) delete out.rules;
  return out;
}

const parts = [];
const places = new Map();

/** Large equal parts are numbers in `parts`. */
function shared(value) {
  if (Array.isArray(value)) return value.map(shared);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.fromEntries(Object.entries(value).map(([key, of]) => [key, shared(of)]));
  const text = JSON.stringify(own);
  if (text.length < 40) return own;
  if (!places.has(text)) places.set(text, parts.push(own) - 1);
  return { $: places.get(text) };
}

const [name, source, ...files] = process.argv.slice(2);
const kinds = {};
for (const file of files) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const definition = document.toJS();
    if (definition?.kind !== 'CustomResourceDefinition') continue;
    const { group, names, versions } = definition.spec;
    for (const { name: version, schema } of versions) {
      const { properties, ...rest } = reduced(schema.openAPIV3Schema);
      const own = Object.entries(properties).filter(([key]) => !OF_EVERY_OBJECT.includes(key));
      kinds[`${group}/${version}/${names.kind}`] = shared({ ...rest, properties: Object.fromEntries(own) });
    }
  }
}
const text = JSON.stringify({ kinds, parts });
const quoted = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
const out = fileURLToPath(new URL(`../models/config/published/crds/${name}.ts`, import.meta.url));
writeFileSync(
  out,
  `// Written by scripts/read-crds.mjs from ${source} (Apache License 2.0).\n\nexport const ${name.toUpperCase().replaceAll('-', '_')}_CRDS =\n  '${quoted}';\n`,
);
