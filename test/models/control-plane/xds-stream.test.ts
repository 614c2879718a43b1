import { expect, test } from 'vitest';
import { NEVER_NS } from '../../../models/control-plane/time.js';
import { XdsStream } from '../../../models/control-plane/xds-stream.js';

const step = (content: string, takesNs: number) => ({ content, takesNs });

test('the types of a push are written one after another', () => {
  const stream = new XdsStream<string>();
  expect(stream.nextNs).toBe(NEVER_NS);
  stream.startPush(0, [step('cds', 3), step('eds', 2)]);
  expect(stream.nextNs).toBe(3);
  expect(stream.advance(3)).toEqual({ written: [{ content: 'cds', writtenNs: 3 }], isPushDone: false });
  expect(stream.advance(9)).toEqual({ written: [{ content: 'eds', writtenNs: 5 }], isPushDone: true });
  expect(stream.nextNs).toBe(NEVER_NS);
});

test('a request waits for a push that has begun, and goes before one that has not', () => {
  const stream = new XdsStream<string>();
  stream.startPush(0, [step('one', 10)]);
  stream.request(2, step('asked', 1));
  stream.request(3, step('asked more', 1));
  const first = stream.advance(10);
  expect(first.isPushDone).toBe(true);
  stream.startPush(10, [step('two', 5)]);
  expect(stream.advance(100).written).toEqual([
    { content: 'asked', writtenNs: 11 },
    { content: 'asked more', writtenNs: 12 },
    { content: 'two', writtenNs: 17 },
  ]);
});

test('a push that says nothing gives its slot back', () => {
  const stream = new XdsStream<string>();
  stream.startPush(7, []);
  expect(stream.nextNs).toBe(7);
  expect(stream.advance(7)).toEqual({ written: [], isPushDone: true });
});
