// What happened, in sentences: up to three of the findings before everything else, the others below.
import type { Finding } from '../../scenarios/result/findings-result.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Colors, rule, wrapped } from '../layout.js';

/** Sentences above the fold. */
export const LEAD_MAX = 3;
const REST_MAX = 8;

/** The findings that are told first: those that clients feel. */
export function leadFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ role }) => role !== 'note').slice(0, LEAD_MAX);
}

/** `Cart's sidecar …`: a sentence begins with a capital letter, unless a name stands there. */
export function findingSentence({ sentence, where }: Finding): string {
  const isName = where.some(({ name }) => sentence.startsWith(name));
  return isName ? sentence : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

export function findingLead({ findings }: RunResult, width: number, colors: Colors): string[] {
  return leadFindings(findings).flatMap((finding) => {
    const style = finding.role === 'culprit' ? colors.red : colors.yellow;
    const [first = '', ...rest] = wrapped(printable(`${findingSentence(finding)} (${finding.code})`), width, 3);
    return [` ${style('▸')}${first.slice(2)}`, ...rest];
  });
}

export function findingRest({ findings }: RunResult, width: number, colors: Colors): string[] {
  const lead = leadFindings(findings);
  const rest = findings.filter((finding) => !lead.includes(finding));
  if (rest.length === 0) return [];
  const shown = rest.slice(0, REST_MAX);
  return [
    ` ${colors.bold('What else acted')}`,
    rule(width, colors),
    ...shown.flatMap((finding) => wrapped(printable(`${findingSentence(finding)} (${finding.code})`), width, 1)),
    ...(rest.length > shown.length ? [colors.dim(` … and ${rest.length - shown.length} more in results.json`)] : []),
  ];
}
