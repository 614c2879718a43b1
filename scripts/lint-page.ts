// The list of rules in docs/lint.md, written from models/lint. A test holds the page to it, and writes it anew:
// UPDATE_DOCS=1 npx vitest run test/models/lint/page.test.ts
import { anchorOf, type Rule } from '../models/lint/rule.js';
import { RULES } from '../models/lint/rules.js';

/** The list stands between these two lines; what is around it is written by hand. */
export const LIST_BEGIN = '<!-- rules: written by scripts/lint-page.ts -->';
export const LIST_END = '<!-- end of rules -->';

const PARTS: readonly (readonly [prefix: string, title: string])[] = [
  ['ST0', 'The input'],
  ['ST1', 'What `istioctl analyze` finds'],
  ['ST21', 'Time-outs and retries'],
  ['ST22', 'Load balancing and outlier detection'],
  ['ST23', 'Connection pools'],
  ['ST24', 'Identity and encryption'],
  ['ST25', 'Pods and their sidecars'],
  ['ST252', 'Rules of Prometheus'],
  ['ST26', 'Faults'],
  ['ST27', 'Routes'],
];

/** The page with its list written anew. Throws where the marks are missing. */
export function lintPage(page: string): string {
  const begin = page.indexOf(LIST_BEGIN);
  const end = page.indexOf(LIST_END);
  if (begin < 0 || end < begin) throw new Error(`docs/lint.md must hold the lines ${LIST_BEGIN} and ${LIST_END}`);
  return `${page.slice(0, begin + LIST_BEGIN.length)}\n\n${ruleList()}\n${page.slice(end)}`;
}

function ruleList(): string {
  return PARTS.map(([prefix, title]) => {
    const rules = RULES.filter(({ code }) => partOf(code) === prefix);
    const rows = rules.map(({ code, title: what, severity, alias, isOff }) => {
      const codes = alias === undefined ? '' : alias;
      return `| [${code}](#${anchorOf(code)}) | ${what} | ${isOff === true ? `${severity}, off` : severity} | ${codes} |`;
    });
    const table = ['| code | finds | severity | istioctl |', '| --- | --- | --- | --- |', ...rows].join('\n');
    return `### ${title}\n\n${table}\n\n${rules.map(section).join('\n')}`;
  }).join('\n');
}

/** The longest prefix that fits. */
function partOf(code: string): string {
  const prefixes = PARTS.map(([prefix]) => prefix).filter((prefix) => code.startsWith(prefix));
  return prefixes.reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '');
}

function section({ code, alias, name, title, why, help, source, isOff, needsScenario }: Rule): string {
  const remarks = [
    ...(alias === undefined ? [] : [`\`istioctl analyze\`: ${alias} ${name}.`]),
    ...(isOff === true ? [`Off by default: \`--enable ${code}\`.`] : []),
    ...(needsScenario === true ? ['Needs a scenario beside the YAML.'] : []),
  ];
  return `#### ${code}

**${title}.** ${why}${remarks.length === 0 ? '' : ` ${remarks.join(' ')}`}

Help: ${help}. Source: ${source}.
`;
}
