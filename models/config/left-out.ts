// Objects that a cluster would refuse. Whoever asks what the mesh does gets an answer for all the others: the errors of such an object are told as
// warnings, and one warning names the objects, for the first place of every report.
import { isChangeFile } from './change.js';
import type { Diagnostic } from './diagnostic.js';
import type { Resource } from './resource.js';

/** The code of the warning that names what was left out. */
export const OBJECTS_LEFT_OUT = 'objects-left-out';

const NAMED_MAX = 5;

/** The errors of an object that is left out; what a command line has changed must be right all the same. */
export function asWarnings(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const { severity, position } = diagnostic;
    const isChange = position !== null && isChangeFile(position.file);
    return severity === 'error' && !isChange ? { ...diagnostic, severity: 'warning' } : diagnostic;
  });
}

/** Names what was left out; nothing where nothing was. */
export function leftOutWarning(rejected: readonly Resource[]): Diagnostic[] {
  const [first] = rejected;
  if (first === undefined) return [];
  const names = rejected.map(
    ({ kind, name, namespace }) => `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
  );
  const more = names.length > NAMED_MAX ? `, and ${names.length - NAMED_MAX} more` : '';
  const count =
    names.length === 1
      ? '1 object that a cluster would refuse is'
      : `${names.length} objects that a cluster would refuse are`;
  return [
    {
      code: OBJECTS_LEFT_OUT,
      severity: 'warning',
      position: first.source.at([]),
      message: `${count} left out: ${names.slice(0, NAMED_MAX).join(', ')}${more}`,
      hint: 'all numbers are those of the mesh without them: put them right, or refuse such input with --strict',
    },
  ];
}

/** The warning that names what was left out, of all that were given. */
export function leftOutIn(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(({ code }) => code === OBJECTS_LEFT_OUT);
}
