// docs/versions.md, written from the tables in models/plan/settings/versions.ts and envoy-versions.ts. A test holds the page to them, and writes it anew:
// UPDATE_DOCS=1 npx vitest run test/models/plan/versions.test.ts
import {
  ENVOY_OF_ISTIO,
  ENVOY_TABLE,
  ENVOY_UNSEEN,
  KNOWN_ENVOY_VERSIONS,
} from '../models/plan/contract/envoy-versions.js';
import { ISTIO_UNSEEN } from '../models/plan/settings/unseen-changes.js';
import { KNOWN_ISTIO_VERSIONS, VERSION_TABLE, type VersionRow, valueAt } from '../models/plan/settings/versions.js';

type Rows = readonly VersionRow<unknown>[];

const ISTIO_ROWS: Rows = Object.values(VERSION_TABLE);
const ENVOY_ROWS: Rows = Object.values(ENVOY_TABLE);

/** The whole page. */
export function versionsPage(): string {
  return `# Releases of Istio and Envoy

\`istioVersion\` in the scenario, or \`--istio\`, picks whose defaults hold: ${span(KNOWN_ISTIO_VERSIONS)}. Any other release is an error that names these.
Two releases differ in what the first table says, and in what the second one says of the releases of Envoy that they carry, and in nothing else. Both are
written from the code (\`models/plan/settings/versions.ts\`, \`models/plan/contract/envoy-versions.ts\`).

| what | value | source of the change |
| --- | --- | --- |
${table(ISTIO_ROWS, KNOWN_ISTIO_VERSIONS)}

${unseen(ISTIO_UNSEEN)}

## Envoy

The proxies are those that the release of Istio carries. \`envoyVersion\` in the scenario, or \`--envoy\`, picks another: ${span(KNOWN_ENVOY_VERSIONS)}.

| Istio | ${KNOWN_ISTIO_VERSIONS.join(' | ')} |
| --- | ${KNOWN_ISTIO_VERSIONS.map(() => '---').join(' | ')} |
| Envoy | ${KNOWN_ISTIO_VERSIONS.map((version) => ENVOY_OF_ISTIO[version]).join(' | ')} |

| what | value | source of the change |
| --- | --- | --- |
${table(ENVOY_ROWS, KNOWN_ENVOY_VERSIONS)}

${unseen(ENVOY_UNSEEN)}

Releases of Istio between two rows of either table are alike to the simulation: ${alike()}.
`;
}

function unseen(rows: readonly (readonly string[])[]): string {
  const ordered = rows.toSorted((a, b) => Number.parseFloat(a[1]!.slice(2)) - Number.parseFloat(b[1]!.slice(2)));
  const lines = ordered.map((row) => `| ${row.join(' | ')} |`);
  return [
    'Changes of these releases that no run shows:',
    '',
    '| what | since | why |',
    '| --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function span(versions: readonly string[]): string {
  return `${versions[0]} to ${versions[versions.length - 1]}`;
}

function table(rows: Rows, versions: readonly string[]): string {
  const first = minorOf(versions[0]);
  return rows
    .map(({ what, source, values }) => {
      const shown = values.filter(
        ([since], i) => since > first || values[i + 1] === undefined || values[i + 1][0] > first,
      );
      const parts = shown.map(([since, value]) =>
        since <= first ? words(value) : `since 1.${since}: ${words(value)}`,
      );
      return `| ${what} | ${parts.join('; ')} | ${source} |`;
    })
    .join('\n');
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** Groups of neighbouring releases with the same defaults. */
function alike(): string {
  const groups: string[][] = [];
  let last = '';
  for (const version of KNOWN_ISTIO_VERSIONS) {
    const key = JSON.stringify([
      ISTIO_ROWS.map((row) => valueAt(row, minorOf(version))),
      ENVOY_ROWS.map((row) => valueAt(row, minorOf(ENVOY_OF_ISTIO[version]))),
    ]);
    if (key === last) groups[groups.length - 1].push(version);
    else groups.push([version]);
    last = key;
  }
  return groups.map((group) => (group.length === 1 ? group[0] : `${group[0]} – ${group[group.length - 1]}`)).join(', ');
}
