import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../../sim/stations/token-bucket.js';

const MS = 1e6;

describe('token bucket (envoy: source/common/common/token_bucket_impl.h)', () => {
  test('starts full, refills continuously, never above its size: 2 tokens, 2 per 200 ms', () => {
    const bucket = new TokenBucket(2, 10);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
    expect(bucket.take(200 * MS)).toBe(true);
    expect([bucket.take(400 * MS), bucket.take(400 * MS), bucket.take(400 * MS)]).toEqual([true, true, false]);
  });

  test('half an interval gives half the tokens', () => {
    const bucket = new TokenBucket(2, 10);
    bucket.take(0);
    bucket.take(0);
    expect(bucket.take(100 * MS - 1)).toBe(false);
    expect(bucket.take(100 * MS)).toBe(true);
    expect(bucket.take(100 * MS)).toBe(false);
  });

  test('a bucket of size 0 rejects everything', () => {
    const bucket = new TokenBucket(0, 1000);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(3600e9)).toBe(false);
  });

  test('a refusal costs nothing, and a long rest gives no more than the size', () => {
    const bucket = new TokenBucket(3, 1);
    for (let i = 0; i < 3; i++) bucket.take(0);
    for (let i = 1; i < 1000; i++) expect(bucket.take(i * MS)).toBe(false);
    expect(bucket.take(1000 * MS)).toBe(true);
    expect(bucket.tokensAt(1e15)).toBe(3);
  });

  test('in the long run passes its rate', () => {
    const bucket = new TokenBucket(5, 70);
    let passed = 0;
    for (let ms = 0; ms < 100_000; ms++) if (bucket.take(ms * MS)) passed++;
    expect(passed).toBeGreaterThanOrEqual(7000);
    expect(passed).toBeLessThanOrEqual(7005);
  });

  test('refuses nonsense', () => {
    expect(() => new TokenBucket(-1, 1)).toThrow(RangeError);
    expect(() => new TokenBucket(Number.POSITIVE_INFINITY, 1)).toThrow(RangeError);
    expect(() => new TokenBucket(1, 0)).toThrow(RangeError);
    expect(() => new TokenBucket(1, Number.NaN)).toThrow(RangeError);
  });
});
