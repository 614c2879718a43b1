// Reasons not to trust the numbers, and what the simulation leaves out.
import type { Diagnostic, FidelityEntry } from '../../models/config/diagnostic.js';
import { leftOutIn, OBJECTS_LEFT_OUT } from '../../models/config/left-out.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Colors, headed, rule, wrapped } from '../layout.js';

const GROUPS_SHOWN_MAX = 8;

export function warningList({ warnings }: RunResult, width: number, colors: Colors): string[] {
  return warnings
    .filter(({ code }) => code !== OBJECTS_LEFT_OUT)
    .flatMap((warning) => warningLines(warning, width, colors));
}

/** What the numbers are not about comes before all of them. */
export function leftOutList({ warnings }: RunResult, width: number, colors: Colors): string[] {
  return leftOutIn(warnings).flatMap((warning) => warningLines(warning, width, colors));
}

export function warningLines({ code, message, hint }: Diagnostic, width: number, colors: Colors): string[] {
  return [
    ...wrapped(`! ${printable(message)} (${code})`, width, 1).map(colors.yellow),
    ...(hint === undefined ? [] : wrapped(printable(hint), width, 3)),
  ];
}

/** What is left out, once for each meaning: what concerns few places first, boilerplate that stands everywhere last. */
export function fidelityList({ fidelity }: RunResult, width: number, colors: Colors): string[] {
  if (fidelity.length === 0) return [];
  const missing = fidelity.filter(({ status }) => status === 'not-modelled').length;
  const counts = `${missing} ${missing === 1 ? 'field' : 'fields'} not modelled, ${fidelity.length - missing} approximated`;
  const groups = groupsOf(fidelity).toSorted((a, b) => a.length - b.length);
  const shown = groups.slice(0, GROUPS_SHOWN_MAX);
  const hidden = groups.length - shown.length;
  return [
    ...headed('Fidelity', `  ${counts}; all of them in results.json`, width, colors.bold),
    rule(width, colors),
    ...shown.flatMap((entries) => groupLines(entries, width, colors)),
    ...(hidden > 0 ? [colors.dim(` … and ${hidden} more kinds`)] : []),
  ];
}

/** Entries of one meaning together, in the order in which the first of each stands. */
function groupsOf(fidelity: readonly FidelityEntry[]): (readonly FidelityEntry[])[] {
  const groups = new Map<string, FidelityEntry[]>();
  for (const entry of fidelity) {
    const group = groups.get(entry.meaning);
    if (group === undefined) groups.set(entry.meaning, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

function groupLines(entries: readonly FidelityEntry[], width: number, colors: Colors): string[] {
  const [{ position, resource, path, meaning }] = entries;
  const place = position === null ? '' : `${printable(position.file)}:${position.line} `;
  const others = entries.length > 1 ? ` and ${entries.length - 1} more` : '';
  const head = wrapped(`${place}${printable(path === '' ? resource : lastNames(path))}${others}`, width, 1);
  return [...head.map(colors.dim), ...wrapped(printable(meaning), width, 3)];
}

/** The end of a path, which says enough beside its line: `containers[0].readinessProbe`. */
function lastNames(path: string): string {
  // Names in brackets may have dots of their own.
  return (path.match(/(?:[^.[]|\[[^\]]*\])+/g) ?? [path]).slice(-2).join('.');
}
