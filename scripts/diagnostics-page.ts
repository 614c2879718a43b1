// docs/diagnostics.md, written from tables of codes. A test holds the page to them, and writes it anew:
// UPDATE_DOCS=1 npx vitest run test/docs/diagnostics.test.ts
import { FINDINGS } from '../scenarios/result/finding-codes.js';
import { type CodeEntry, INPUT_CODES, MESH_CODES, RUN_CODES, SCENARIO_CODES } from './diagnostic-codes.js';

/** Codes that belong together; more tables may follow. */
export interface CodeTable {
  readonly title: string;
  readonly words: string;
  readonly entries: readonly CodeEntry[];
}

export const CODE_TABLES: readonly CodeTable[] = [
  { title: 'The input', words: 'Files, YAML, values.', entries: INPUT_CODES },
  { title: 'The scenario', words: 'What is asked, and of whom.', entries: SCENARIO_CODES },
  {
    title: 'The mesh',
    words: 'What a real mesh accepts and suffers from is told and run, not refused.',
    entries: MESH_CODES,
  },
  {
    title: 'Findings',
    words:
      'What acted in a run, from cause to effect: the first sentences of a report, and `findings` of `results.json`.',
    entries: Object.entries(FINDINGS).map(([code, { title, meaning, help }]) => ({
      code,
      meaning: `**${title}.** ${meaning}`,
      help,
    })),
  },
  { title: 'The numbers', words: 'Reasons not to trust them: warnings of `run` and `diff`.', entries: RUN_CODES },
];

/** The page with a line break at its end; codes of a table in the order of the alphabet. */
export function diagnosticsPage(tables: readonly CodeTable[] = CODE_TABLES): string {
  const sections = tables.map(({ title, words, entries }) => {
    const rows = entries
      .toSorted((a, b) => (a.code < b.code ? -1 : 1))
      .map(({ code, meaning, help }) => `| \`${code}\` | ${cell(meaning)} | ${cell(help)} |`);
    return `## ${title}\n\n${words}\n\n| code | what it means | what to do |\n| --- | --- | --- |\n${rows.join('\n')}`;
  });
  return `${[HEAD, ...sections, FIDELITY].join('\n\n')}\n`;
}

const HEAD = `# Diagnostics

Every message ends with a code in brackets: \`(unknown-field)\`. An \`error\` ends the command with exit code 2, a \`warning\` does not; the place is the file, the
line and the column. The rules of \`seatrial lint\` have codes of their own: [lint.md](lint.md). This page is written by \`scripts/diagnostics-page.ts\`.`;

const FIDELITY = `## Fidelity

An entry of the fidelity list is no mistake of anybody: it names a field, its place and what that means for the answer. [fidelity.md](fidelity.md) goes behaviour by behaviour.

| status | what it means | what to do |
| --- | --- | --- |
| \`approximated\` | the field counts, in a simpler way than in a cluster | read what its entry says |
| \`not-modelled\` | the field does not count | do not draw conclusions about what it governs |`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/(?<![*\w.])\*(?!\*)/g, '\\*');
}
