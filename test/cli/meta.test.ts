import { expect, test } from 'vitest';
import { metaOf } from '../../cli/meta.js';
import { RESULT } from '../reports/fixture.js';

test('meta.json holds what results.json must not, and the command that repeats the run', () => {
  const startedAt = new Date(0);
  const meta = metaOf({
    path: './my mesh',
    options: { out: 'out', inconclusive: 'fail', duration: '5s', istio: '1.30', strict: true },
    result: { ...RESULT, seed: "it's", replications: 3 },
    fingerprint: 'f',
    workers: 2,
    startedAt,
    finishedAt: new Date(1500),
    files: ['results.json'],
  });
  expect(meta).toMatchObject({
    wallSeconds: 1.5,
    workers: 2,
    startedAt: '1970-01-01T00:00:00.000Z',
    files: ['meta.json', 'results.json'],
  });
  expect(meta.command).toBe(
    "seatrial run './my mesh' '--seed=it'\\''s' --replications=3 --duration 5s --istio 1.30 --strict",
  );
});
