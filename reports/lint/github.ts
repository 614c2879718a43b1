// Findings of the linter as annotations of GitHub Actions: workflow commands on standard output (docs.github.com: workflow commands,
// "Setting a warning message").
import type { Severity } from '../../models/config/diagnostic.js';
import type { LintResult } from '../../models/lint/lint.js';
import { visible } from './counts.js';

export function lintGithub(result: LintResult, show: Severity): string {
  return visible(result.findings, show)
    .map(({ severity, position, code, title, resource, message, help }) => {
      const place =
        position === null ? [] : [`file=${property(position.file)}`, `line=${position.line}`, `col=${position.column}`];
      const properties = [...place, `title=${property(`${code} ${title}`)}`].join(',');
      const subject = resource === '' ? '' : `${resource}: `;
      return `::${commandOf(severity)} ${properties}::${data(`${subject}${message}\nHelp: ${help}`)}\n`;
    })
    .join('');
}

function commandOf(severity: Severity): 'error' | 'warning' | 'notice' {
  return severity === 'info' ? 'notice' : severity;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
