// Findings of the linter as SARIF 2.1.0 (OASIS: sarif-v2.1.0-os), which code hosts and editors read.
import type { Severity } from '../../models/config/diagnostic.js';
import type { LintResult } from '../../models/lint/lint.js';
import type { LintFinding, Rule } from '../../models/lint/rule.js';
import { anchorOf } from '../../models/lint/rule.js';
import { stableJson } from '../json.js';
import { visible } from './counts.js';

export interface SarifOptions {
  readonly show: Severity;
  readonly rules: readonly Rule[];
  readonly version: string;
}

export function lintSarif(result: LintResult, { show, rules, version }: SarifOptions): string {
  const index = new Map(rules.map(({ code }, position) => [code, position]));
  return stableJson({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'seatrial', version, rules: rules.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        results: visible(result.findings, show).map((finding) => sarifResult(finding, index.get(finding.code) ?? 0)),
      },
    ],
  });
}

function descriptor({ code, alias, name, title, why, help, severity, source }: Rule): object {
  return {
    id: code,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\nHelp: ${help}.\nSource: ${source}.`,
      markdown: `${why}\n\n**Help:** ${help}.\n\nSource: ${source}.`,
    },
    defaultConfiguration: { level: levelOf(severity) },
    properties: { anchor: anchorOf(code), ...(alias === undefined ? {} : { alias }) },
  };
}

function sarifResult(finding: LintFinding, ruleIndex: number): object {
  const { code, severity, message, help, position, resource, path } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: levelOf(severity),
    message: { text: `${message}. Help: ${help}.` },
    locations: [
      {
        ...(position === null
          ? {}
          : {
              physicalLocation: {
                artifactLocation: { uri: uriOf(position.file) },
                region: { startLine: position.line, startColumn: position.column },
              },
            }),
        ...(resource === ''
          ? {}
          : {
              logicalLocations: [
                { name: resource, fullyQualifiedName: path === '' ? resource : `${resource} ${path}` },
              ],
            }),
      },
    ],
    partialFingerprints: { 'seatrial/v1': `${code} ${resource} ${path}` },
  };
}

function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  return severity === 'info' ? 'note' : severity;
}

/** A relative path, or an absolute one, as a URI. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}
