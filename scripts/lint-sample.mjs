// A sample of what the linter finds on a collection of public YAML, to be judged by hand (docs/validation/lint-precision.md).
//
//   npm run build && node scripts/lint-sample.mjs DIRECTORY [--size 200] [--seed 20261130] [--json]
//
// What is linted at once: files that are examples of documentation or inputs of tests each by itself, since they belong to no common cluster; else
// the files of one folder. Strata are the rules: each gives two findings (or what it has), and the rest of the sample is dealt in proportion to how often
// a rule finds something. Within a rule the order is that of a hash of seed and finding, so that a finding which stays keeps its place.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { lintPaths } from '../dist/scenarios/loading/lint.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '200' },
    seed: { type: 'string', default: '20261130' },
    json: { type: 'boolean', default: false },
  },
});
const [root] = positionals;
if (root === undefined) throw new Error('name the directory of the collection');

/** Collections of single files: documentation, tests, examples of an API. */
const SINGLE =
  /^(istio\.io-docs|istio\/(pkg|pilot|tests|tools|operator|manifests)|kiali|gateway-api|envoy-gateway)(\/|$)/;
const LEAST = 2;

function unitsIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter(({ name }) => /\.ya?ml$/.test(name)).map(({ name }) => join(folder, name));
  const inner = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => unitsIn(join(folder, name)));
  const isSingle = SINGLE.test(relative(root, folder));
  return [...(isSingle ? files.map((file) => [file]) : files.length > 0 ? [files] : []), ...inner];
}

const found = [];
for (const unit of unitsIn(root)) {
  const { result } = await lintPaths(unit);
  for (const { code, severity, resource, path, position, message } of result.findings) {
    const file = position === null ? '' : relative(root, position.file);
    const line = position?.line ?? 0;
    const project = file.split('/')[0];
    const key = createHash('sha256')
      .update(JSON.stringify([values.seed, code, file, line, message]))
      .digest('hex');
    found.push({ key, project, file, line, code, severity, resource, path, message });
  }
}

const byRule = new Map();
for (const finding of found) byRule.set(finding.code, [...(byRule.get(finding.code) ?? []), finding]);
const rules = [...byRule.keys()].sort();
const share = new Map(rules.map((code) => [code, Math.min(LEAST, byRule.get(code).length)]));
/** Whoever has most findings for each that is drawn gives the next one. */
const need = (code) => (byRule.get(code).length - share.get(code)) / share.get(code);
for (let drawn = rules.reduce((sum, code) => sum + share.get(code), 0); drawn < Number(values.size); drawn += 1) {
  const next = rules.reduce((best, code) => (need(code) > need(best) ? code : best));
  share.set(next, share.get(next) + 1);
}
const sample = rules.flatMap((code) =>
  byRule
    .get(code)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, share.get(code)),
);
if (values.json) console.log(JSON.stringify(sample));
else {
  console.log(`${found.length} findings by ${rules.length} rules; the sample has ${sample.length}`);
  for (const { project, code, resource, message, file, line } of sample)
    console.log(`| ${project} | ${code} | ${resource}: ${message} (${file}:${line}) | | |`);
}
