// A draft as the text of a scenario file, for a person to read and to correct: every guess with its reason, nothing that is not needed.
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import { SCENARIO_API_VERSION, SCENARIO_KIND } from '../../document/schema.js';
import type { Load } from '../load/load.js';
import type { Draft, DraftBehaviour, DraftRequest, DraftStep, DraftTraffic, Note } from './draft.js';
import { commentText, scalar } from './words.js';

export interface WriteOptions {
  /** What `spec.mesh` lists, as seen from the scenario's file. */
  readonly mesh: readonly string[];
  /** The mesh is Linkerd's: the release of Istio does not matter. */
  readonly isLinkerds: boolean;
  /** How a file of the mesh is called in comments. */
  nameOf(file: string): string;
}

/** More than these are counted, not listed. */
const MAX_LISTED = 20;

export function writeScenario(draft: Draft, options: WriteOptions): string {
  return new Writer(draft, options).text();
}

class Writer {
  private readonly lines: string[] = [];

  constructor(
    private readonly draft: Draft,
    private readonly options: WriteOptions,
  ) {}

  text(): string {
    this.header();
    this.line(0, `apiVersion: ${SCENARIO_API_VERSION}`);
    this.line(0, `kind: ${SCENARIO_KIND}`);
    this.line(0, 'metadata:');
    this.line(2, `name: ${scalar(this.draft.name)}`);
    this.line(0, 'spec:');
    const fromPipe = this.options.mesh.includes('-')
      ? '  # standard input: pipe the same YAML in, or save it and name the file'
      : '';
    this.line(2, `mesh: [${this.options.mesh.map(scalar).join(', ')}]${fromPipe}`);
    this.line(
      2,
      this.options.isLinkerds
        ? '# injection: linkerd  # whose proxies pods have that the YAML says nothing about: istio, linkerd or none'
        : '# istioVersion: "1.31"  # the release that the mesh runs; without it, the newest that is known',
    );
    if (this.draft.runSeconds !== null)
      this.line(2, `run: { duration: ${this.draft.runSeconds}s }  # as long as the load generators send`);
    this.traffic();
    this.behaviours('services');
    this.behaviours('workloads');
    this.goals();
    for (const object of this.draft.objects) this.lines.push('---', object);
    return `${this.lines.join('\n')}\n`;
  }

  private line(indent: number, text: string): void {
    this.lines.push(' '.repeat(indent) + text);
  }

  private comment(indent: number, text: string): void {
    this.line(indent, `# ${commentText(text)}`.trimEnd());
  }

  private header(): void {
    const { serviceCount, traffic, callCount, leftOut, uncalled, unreached } = this.draft;
    this.comment(
      0,
      `Written by seatrial init: ${count(serviceCount, 'service')}, ${count(traffic.length, 'source')} of traffic, ${count(callCount, 'call')}.`,
    );
    this.comment(
      0,
      'What the YAML does not say is guessed. Each guess is marked, with the place that it comes from: correct it, and take the mark away.',
    );
    this.list(
      'Nothing in the YAML says who calls these; give them to whoever does, as `- call: …` among its steps:',
      uncalled,
      (key) => key,
    );
    this.list(
      'No traffic reaches these either, because only those call them:',
      unreached.filter((key) => !uncalled.includes(key)),
      (key) => key,
    );
    this.list('Seen and left out:', leftOut, ({ text, at }) => this.placed({ text, at }));
    this.lines.push('');
  }

  private list<T>(title: string, items: readonly T[], textOf: (item: T) => string): void {
    if (items.length === 0) return;
    this.line(0, '#');
    this.comment(0, title);
    for (const item of items.slice(0, MAX_LISTED)) this.comment(0, `  - ${textOf(item)}`);
    if (items.length > MAX_LISTED) this.comment(0, `  and ${items.length - MAX_LISTED} more`);
  }

  private placed({ text, at }: Note): string {
    return at === null ? text : `${text}, ${this.place(at)}`;
  }

  private place({ file, line }: SourcePosition): string {
    return `${this.options.nameOf(file)}:${line}`;
  }

  private traffic(): void {
    this.lines.push('');
    this.line(2, 'traffic:');
    for (const [i, source] of this.draft.traffic.entries()) {
      if (i > 0) this.lines.push('');
      this.source(source);
    }
  }

  private source(source: DraftTraffic): void {
    this.comment(4, `guess: ${this.placed(source.note)}`);
    if (source.caveat !== null) this.comment(4, `note: ${source.caveat}`);
    this.line(4, `- name: ${scalar(source.name)}`);
    if (source.from !== null) this.line(6, `from: ${scalar(source.from)}`);
    this.line(6, `to: ${scalar(source.to)}`);
    const [first, ...rest] = loadLines(source.load);
    this.line(6, `${first}  # ${commentText(`${source.loadIsKnown ? 'from' : 'guess:'} ${this.loadReason(source)}`)}`);
    for (const text of rest) this.line(6, text);
    if (source.requestBytes !== null) this.line(6, `requestBytes: ${source.requestBytes}`);
    if (source.from === null) this.line(6, '# timeout: 10s  # how long a client waits');
    this.requests(source.requests);
  }

  private loadReason({ loadIsKnown, loadNote }: DraftTraffic): string {
    return loadIsKnown ? this.placed(loadNote) : loadNote.text;
  }

  private requests(requests: readonly DraftRequest[]): void {
    const [only] = requests;
    const isPlain =
      requests.length === 0 ||
      (requests.length === 1 &&
        only!.method === 'GET' &&
        only!.path === '/' &&
        Object.keys(only!.headers).length === 0);
    if (isPlain) return;
    this.line(6, requests.length > 1 ? 'requests:  # guess: each as often as the others' : 'requests:');
    for (const { name, method, path, headers } of requests) {
      const fields = [
        `name: ${scalar(name)}`,
        ...(requests.length > 1 ? ['weight: 1'] : []),
        ...(method === 'GET' ? [] : [`method: ${method}`]),
        `path: ${scalar(path)}`,
        ...headersField(headers),
      ];
      this.line(8, `- { ${fields.join(', ')} }`);
    }
  }

  private behaviours(section: DraftBehaviour['section']): void {
    const own = this.draft.behaviours.filter((behaviour) => behaviour.section === section);
    if (own.length === 0) return;
    this.lines.push('');
    if (section === 'services') {
      this.comment(
        2,
        'Work is guessed from the kind of each service; calls are made one after the other. Measure, and correct.',
      );
    }
    this.line(2, `${section}:`);
    for (const behaviour of own.filter(({ isReached }) => isReached)) this.behaviour(behaviour);
    const waiting = own.filter(({ isReached }) => !isReached);
    if (waiting.length > 0) this.comment(4, 'No traffic reaches these yet:');
    for (const behaviour of waiting) this.behaviour(behaviour);
  }

  private behaviour({ name, note, steps, suggestions, errorShare }: DraftBehaviour): void {
    this.line(4, `${scalar(name)}:  # ${commentText(`guess: ${this.placed(note)}`)}`);
    if (errorShare > 0) this.line(6, `errors: { 500: ${errorShare} }`);
    const [first] = steps;
    if (first?.kind === 'work' && steps.length === 1 && suggestions.length === 0) {
      for (const [field, value] of first.fields) this.line(6, `${field}: ${scalar(value)}`);
      return;
    }
    this.line(6, 'steps:');
    for (const step of steps) this.step(8, step);
    if (suggestions.length > 0) {
      this.comment(8, 'Does it call any of these? Nothing in the YAML says so.');
      for (const to of suggestions) this.comment(8, `- call: ${scalar(to)}`);
    }
  }

  private step(indent: number, step: DraftStep): void {
    switch (step.kind) {
      case 'work':
        for (const fields of workSteps(step.fields)) this.line(indent, `- ${fields}`);
        return;
      case 'call': {
        const fields = [
          `call: ${scalar(step.to)}`,
          ...(step.method === null || step.method === 'GET' ? [] : [`method: ${scalar(step.method)}`]),
          ...(step.path === null ? [] : [`path: ${scalar(step.path)}`]),
          ...(step.probability >= 1 ? [] : [`probability: ${step.probability}`]),
        ];
        const text = fields.length === 1 ? fields[0]! : `{ ${fields.join(', ')} }`;
        this.line(indent, `- ${text}  # ${commentText(`guess: ${this.placed(step.note)}`)}`);
        return;
      }
      case 'parallel':
        this.line(indent, '- parallel:');
        for (const inner of step.steps) this.step(indent + 4, inner);
        return;
    }
  }

  private goals(): void {
    this.lines.push('');
    this.comment(2, 'What must hold, or the command exits with 1:');
    this.comment(2, 'thresholds: ["p(99) < 500ms", "errors < 1%"]');
    this.comment(2, 'slos:');
    this.comment(
      2,
      `  - { name: fast, traffic: ${scalar(this.draft.traffic[0]!.name)}, latency: 300ms, objective: 99% }`,
    );
  }
}

function loadLines(load: Load): readonly [string, ...string[]] {
  switch (load.kind) {
    case 'rate':
      return [`rate: ${load.ratePerSecond}/s`];
    case 'connections':
      return [
        `connections: ${load.connections}`,
        ...(load.ratePerSecond === null ? [] : [`qps: ${load.ratePerSecond}`]),
        ...(load.think === null ? [] : [`think: ${scalar(load.think)}`]),
      ];
  }
}

/** `cpu` and `wait` are steps of their own; `cpuShare` belongs to its `work`. */
function workSteps(fields: Extract<DraftStep, { kind: 'work' }>['fields']): string[] {
  const share = fields.find(([field]) => field === 'cpuShare');
  return fields
    .filter(([field]) => field !== 'cpuShare')
    .map(([field, value]) =>
      field === 'work' && share !== undefined
        ? `{ work: ${scalar(value)}, cpuShare: ${scalar(share[1])} }`
        : `${field}: ${scalar(value)}`,
    );
}

function headersField(headers: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(headers);
  if (entries.length === 0) return [];
  return [`headers: { ${entries.map(([name, value]) => `${scalar(name)}: ${scalar(value)}`).join(', ')} }`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
