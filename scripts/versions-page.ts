// docs/versions.md, written from the table in models/plan/versions.ts. A test holds the page to it, and writes it anew:
// UPDATE_DOCS=1 npx vitest run test/models/plan/versions.test.ts
import { KNOWN_ISTIO_VERSIONS, VERSION_TABLE, type VersionRow, valueAt } from '../models/plan/versions.js';

/** The whole page. */
export function versionsPage(): string {
  const first = Number(KNOWN_ISTIO_VERSIONS[0].split('.')[1]);
  const rows = (Object.values(VERSION_TABLE) as readonly VersionRow<unknown>[]).map(({ what, source, values }) => {
    const shown = values.filter(
      ([since], i) => since > first || values[i + 1] === undefined || values[i + 1][0] > first,
    );
    const parts = shown.map(([since, value]) => (since <= first ? words(value) : `since 1.${since}: ${words(value)}`));
    return `| ${what} | ${parts.join('; ')} | ${source} |`;
  });
  return `# Releases of Istio

\`istioVersion\` in the scenario, or \`--istio\`, picks whose defaults hold: ${KNOWN_ISTIO_VERSIONS[0]} to ${KNOWN_ISTIO_VERSIONS[KNOWN_ISTIO_VERSIONS.length - 1]}. Any other release is an error that names these.
Two releases differ in what this table says and in nothing else; it is written from the code (\`models/plan/versions.ts\`).

| what | value | source of the change |
| --- | --- | --- |
${rows.join('\n')}

Releases between two rows are alike to the simulation: ${alike()}.
`;
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** Groups of neighbouring releases with the same defaults. */
function alike(): string {
  const groups: string[][] = [];
  let last = '';
  for (const version of KNOWN_ISTIO_VERSIONS) {
    const minor = Number(version.split('.')[1]);
    const values = (Object.values(VERSION_TABLE) as readonly VersionRow<unknown>[]).map((row) => valueAt(row, minor));
    const key = JSON.stringify(values);
    if (key === last) groups[groups.length - 1].push(version);
    else groups.push([version]);
    last = key;
  }
  return groups.map((group) => (group.length === 1 ? group[0] : `${group[0]} – ${group[group.length - 1]}`)).join(', ');
}
