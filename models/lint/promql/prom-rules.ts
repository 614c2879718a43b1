// Every rule of Prometheus in the input, whoever carries it: a PrometheusRule, a rule file (`groups:` without a kind; prometheus:
// model/rulefmt/rulefmt.go), or a plain list of alerts (`alerting_rules`). Texts are parsed when they are first asked for.
import type { SourcePosition } from '../../config/diagnostic.js';
import { isPlainMap, type PlainValue, type RawDocument } from '../../config/document.js';
import { positionInText } from '../../config/embedded.js';
import { parsePrometheusDuration } from '../../config/prometheus-duration.js';
import type { FieldPath } from '../../config/resource.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, textAt } from '../plain-access.js';
import type { Report } from '../report.js';
import { type Expression, selectorsIn } from './expression.js';
import { type Parsed, parsePromql } from './parse.js';

export interface PromGroup {
  readonly name: string;
  /** null: that of the server. */
  readonly intervalNs: number | null;
  /** Whether it is evaluated one rule after the other, as listed. */
  readonly isOrdered: boolean;
  readonly rules: readonly PromRule[];
}

/** What holds the groups: an object, or a document without a kind. */
interface Holder {
  readonly resource: string;
  readonly value: PlainValue;
  at(path: FieldPath): SourcePosition;
  inText(path: FieldPath, text: string, offset: number): SourcePosition;
}

export class PromRule {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  readonly text: string;
  readonly forNs: number;
  private read: Parsed | null = null;

  constructor(
    private readonly holder: Holder,
    private readonly path: FieldPath,
  ) {
    const value = dig(holder.value, ...path);
    const record = textAt(value, 'record');
    const expr = dig(value, 'expr');
    this.kind = record === null ? 'alert' : 'record';
    this.name = record ?? textAt(value, 'alert') ?? textAt(value, 'name') ?? '';
    this.text = typeof expr === 'string' || typeof expr === 'number' ? String(expr) : '';
    this.forNs = parsePrometheusDuration(textAt(value, 'for') ?? '') ?? 0;
  }

  get parsed(): Parsed {
    this.read ??= parsePromql(this.text);
    return this.read;
  }

  get expression(): Expression | null {
    return this.parsed.expression;
  }

  /** The text of a part. */
  textOf({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.text.slice(from, to).replace(/\s+/g, ' ');
  }

  /** Line of the rule in its file. */
  get line(): number {
    return this.holder.at(this.path).line;
  }

  /** A finding at a place of the expression. */
  report(report: Report, offset: number, message: string, help?: string): void {
    const path = [...this.path, 'expr'];
    const position = this.holder.inText(path, this.text, offset);
    report.inside({ resource: this.holder.resource, path }, position, message, help);
  }

  /** A finding at another field of the rule. */
  reportField(report: Report, field: string, message: string, help?: string): void {
    const path = [...this.path, field];
    report.inside({ resource: this.holder.resource, path }, this.holder.at(path), message, help);
  }
}

export class PromRules {
  readonly groups: readonly PromGroup[];
  readonly rules: readonly PromRule[];
  private recorded: ReadonlyMap<string, readonly PromRule[]> | null = null;

  constructor(objects: readonly LintObject[], documents: readonly RawDocument[]) {
    this.groups = [
      ...objects.flatMap((object) => groupsAt(ofObject(object), ['spec', 'groups'])),
      ...documents.flatMap((document) => [
        ...groupsAt(ofDocument(document, 'groups'), ['groups']),
        ...listsAt(ofDocument(document, 'alerting_rules')),
      ]),
    ];
    this.rules = this.groups.flatMap(({ rules }) => rules);
  }

  /** The rules that record a metric of this name. */
  recording(name: string): readonly PromRule[] {
    this.recorded ??= this.recordings();
    return this.recorded.get(name) ?? [];
  }

  private recordings(): ReadonlyMap<string, readonly PromRule[]> {
    const found = new Map<string, PromRule[]>();
    for (const rule of this.rules) {
      if (rule.kind !== 'record') continue;
      const list = found.get(rule.name);
      if (list === undefined) found.set(rule.name, [rule]);
      else list.push(rule);
    }
    return found;
  }
}

/** The metrics that a rule reads, each with the place where it does so first. */
export function metricsOf(rule: PromRule): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { metric, from } of rule.expression === null ? [] : selectorsIn(rule.expression)) {
    if (metric !== null && !found.has(metric)) found.set(metric, from);
  }
  return found;
}

function ofObject(object: LintObject): Holder {
  return {
    resource: object.title,
    value: object.value,
    at: (path) => object.at(path),
    inText: (path, text, offset) => object.inText(path, text, offset),
  };
}

/** Such documents are known by the field that they hold. */
function ofDocument(document: RawDocument, resource: string): Holder {
  return {
    resource,
    value: document.value,
    at: (path) => document.at(path),
    inText: (path, text, offset) => positionInText(document, path, text, offset),
  };
}

function groupsAt(holder: Holder, path: FieldPath): PromGroup[] {
  return listAt(holder.value, ...path).map((group, index) => ({
    name: textAt(group, 'name') ?? '',
    intervalNs: parsePrometheusDuration(textAt(group, 'interval') ?? ''),
    isOrdered: true,
    rules: rulesAt(holder, group, [...path, index, 'rules'], ['alert', 'record']),
  }));
}

/** `alerting_rules: {name: [{name, expr, …}]}` */
function listsAt(holder: Holder): PromGroup[] {
  const lists = mapAt(holder.value, 'alerting_rules') ?? {};
  return Object.keys(lists).map((name) => ({
    name,
    intervalNs: null,
    isOrdered: false,
    rules: rulesAt(holder, { rules: lists[name] ?? null }, ['alerting_rules', name], ['name']),
  }));
}

/** Elements without an expression or any of the names are something else. */
function rulesAt(holder: Holder, group: PlainValue, path: FieldPath, names: readonly string[]): PromRule[] {
  return listAt(group, 'rules').flatMap((rule, index) => {
    const isRule =
      isPlainMap(rule) && dig(rule, 'expr') !== undefined && names.some((name) => textAt(rule, name) !== null);
    return isRule ? [new PromRule(holder, [...path, index])] : [];
  });
}
