import { expect, test } from 'vitest';
import { metaOf } from '../../cli/meta.js';

test('meta.json holds what results.json must not', () => {
  const meta = metaOf({
    command: 'seatrial run .',
    fingerprint: 'f',
    workers: 2,
    startedAt: new Date(0),
    finishedAt: new Date(1500),
    files: ['results.json'],
  });
  expect(meta).toMatchObject({
    command: 'seatrial run .',
    fingerprint: 'f',
    wallSeconds: 1.5,
    workers: 2,
    startedAt: '1970-01-01T00:00:00.000Z',
    files: ['meta.json', 'results.json'],
  });
});
