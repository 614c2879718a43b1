// `--set`: what a change does to a document, and where its values are said to stand.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { type Change, Changes, parseChange, strictAboutChanges } from '../../../models/config/change.js';
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';

const VS = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec:
  hosts: [web]
  http:
    - timeout: 1s
      route: [{ destination: { host: web } }]
`;

function change(text: string): Change {
  const read = parseChange(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

function load(text: string, ...asked: string[]) {
  const changes = new Changes(asked.map(change));
  const resources = loadResources([{ name: 'a.yaml', text }], { changes });
  return { resources, problems: changes.problemsFound() };
}

describe('reading a change', () => {
  test.each([
    ['Kind/ns/name:spec.a=1', { kind: 'Kind', namespace: 'ns', name: 'name' }, ['spec', 'a'], 1],
    ['Kind/name:spec.a[0].b=x', { kind: 'Kind', namespace: null, name: 'name' }, ['spec', 'a', 0, 'b'], 'x'],
    ['scenario:spec.traffic[0].rate=50/s', null, ['spec', 'traffic', 0, 'rate'], '50/s'],
    [
      'K/n:metadata.annotations["a.b/c"]=',
      { kind: 'K', namespace: null, name: 'n' },
      ['metadata', 'annotations', 'a.b/c'],
      null,
    ],
    ["K/n:a['b.c']={d: [1, e=f]}", { kind: 'K', namespace: null, name: 'n' }, ['a', 'b.c'], { d: [1, 'e=f'] }],
  ])('%s', (text, object, path, value) => {
    expect(change(text)).toEqual({ text, object, path, value });
  });

  test.each([
    ['nonsense', 'expected Kind/namespace/name:path=value'],
    ['Kind:a=1', 'expected Kind/namespace/name:path=value'],
    ['K/n/o/p:a=1', 'expected Kind/namespace/name:path=value'],
    ['K/n:=1', 'cannot read the path'],
    ['K/n:a..b=1', 'cannot read the path at "..b=1"'],
    ['K/n:a.b', 'cannot read the path'],
    ['K/n:a={', 'the value is no YAML'],
  ])('%s is none', (text, message) => {
    expect(parseChange(text)).toContain(message);
  });
});

describe('what it changes', () => {
  test('a field, a new field, one more of a list', () => {
    const { resources, problems } = load(
      VS,
      'VirtualService/b/web:spec.http[0].timeout=3s',
      'VirtualService/web:spec.http[0].retries.attempts=5',
      'VirtualService/b/web:spec.hosts[1]=other',
    );
    expect(problems).toEqual([]);
    const [web] = resources.virtualServices;
    expect(web!.spec.hosts).toEqual(['web', 'other']);
    expect(web!.spec.http[0]).toMatchObject({ timeoutNs: 3e9, retries: { attempts: 5 } });
  });

  test('positions: of the option for what it put there, of the file for the rest', () => {
    const text = 'VirtualService/b/web:spec.http[0].retries.attempts=5';
    const { source } = load(VS, text).resources.virtualServices[0]!;
    const option = { file: `--set ${text}`, line: 1, column: 1 };
    expect(source.at(['spec', 'http', 0, 'retries'])).toEqual(option);
    expect(source.at(['spec', 'http', 0, 'retries', 'attempts'])).toEqual(option);
    expect(source.at(['spec', 'http', 0])).toMatchObject({ file: 'a.yaml', line: 7 });
    expect(source.at(['spec', 'http', 0, 'timeout'])).toMatchObject({ file: 'a.yaml', line: 7 });
  });

  test('items of lists, and of lists with a kind', () => {
    const item =
      '{ metadata: { name: web, namespace: b }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web } }] }] } }';
    const text = `apiVersion: networking.istio.io/v1\nkind: VirtualServiceList\nitems: [${item}]\n`;
    const { resources, problems } = load(text, 'VirtualService/b/web:spec.hosts=[other]');
    expect(problems).toEqual([]);
    expect(resources.virtualServices[0]!.spec.hosts).toEqual(['other']);
  });

  test('without a namespace an object is in default', () => {
    const text = VS.replace(', namespace: b', '');
    expect(load(text, 'VirtualService/default/web:spec.hosts=[x]').problems).toEqual([]);
  });
});

describe('what is wrong with it', () => {
  const problem = (text: string) => load(VS, text).problems[0];

  test('an object that is not there', () => {
    expect(problem('VirtualService/b/wep:spec.hosts=[x]')).toMatchObject({
      code: 'changed-object-not-found',
      hint: 'did you mean VirtualService/b/web?',
    });
    expect(problem('scenario:spec.run.seed=x')).toMatchObject({ message: 'there is no scenario to change' });
  });

  test('a way that is barred', () => {
    for (const text of ['spec.http[2].timeout=1s', 'spec.hosts.a=1', 'spec.http[0].timeout.x=1', 'spec[0]=1']) {
      expect(problem(`VirtualService/b/web:${text}`)).toMatchObject({ code: 'changed-place-not-found' });
    }
  });

  test('a field that does not exist is an error; one of the YAML stays a warning', () => {
    const text = VS.replace('timeout: 1s', 'timout: 1s');
    const { resources } = load(text, 'VirtualService/b/web:spec.http[0].retires={}');
    const found = strictAboutChanges(resources.diagnostics).filter(({ code }) => code === 'unknown-field');
    expect(found.map(({ severity, position }) => [severity, position!.file])).toEqual(
      expect.arrayContaining([
        ['warning', 'a.yaml'],
        ['error', '--set VirtualService/b/web:spec.http[0].retires={}'],
      ]),
    );
  });
});

const key = fc.constantFrom('a', 'b', 'c');
property.prop([
  fc.array(fc.oneof(key, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 5 }),
  fc.jsonValue({ maxDepth: 1 }),
])('a change that is made is found at its path, and nothing else is touched', (path, value) => {
  const written = {
    apiVersion: 'v1',
    kind: 'K',
    metadata: { name: 'n' },
    a: { b: [1, { c: 2 }], c: null },
    b: [[], {}],
    c: 'text',
  };
  const [document] = parseDocuments({ name: 'a.yaml', text: JSON.stringify(written) });
  const object = { kind: 'K', namespace: null, name: 'n' };
  const changes = new Changes([{ text: 'x', object, path, value: JSON.parse(JSON.stringify(value)) }]);
  const changed = changes.applyTo(document!);
  const [problem] = changes.problemsFound();
  if (problem !== undefined) {
    expect(changed).toBe(document);
    return;
  }
  let found: unknown = changed.value;
  for (const step of path) found = (found as Record<string, unknown>)[step];
  expect(found).toEqual(JSON.parse(JSON.stringify(value)));
  expect(document!.value).toEqual(written);
  const rest = changed.value as Record<string, unknown>;
  for (const name of Object.keys(written)) {
    if (name !== path[0]) expect(rest[name]).toEqual((written as Record<string, unknown>)[name]);
  }
});
