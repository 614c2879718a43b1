// Known answers of xxHash64: the specification's empty input, and vectors of the bindings of other languages (python-xxhash README; pierrec/xxHash,
// xxHash64_test.go); "foo" and "bar" as in envoy: test/common/common/hash_test.cc.
import { describe, expect, it } from 'vitest';
import { modulo64 } from '../../models/mesh/policies/hash-table.js';
import { XxHash64 } from '../../sim/random/xxhash64.js';

function hash(text: string, seed = 0): bigint {
  const hashed = new XxHash64();
  hashed.text(text, seed);
  return (BigInt(hashed.hi >>> 0) << 32n) | BigInt(hashed.lo >>> 0);
}

describe('xxHash64', () => {
  it.each([
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['as', 0x1c330fb2d66be179n],
    ['asd', 0x631c37ce72a97393n],
    ['asdf', 0x415872f599cea71en],
    ['abc', 0x44bc2cf5ad770999n],
    ['foo', 3728699739546630719n],
    ['bar', 5234164152756840025n],
    ['xxhash', 0x32dd38952c4bc720n],
    ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
    ['Call me Ishmael. Some years ago--never mind how long precisely-', 0x02a2e85470d6fd96n],
  ])('of %j', (text, expected) => {
    expect(hash(text)).toBe(expected);
  });

  it('depends on the seed', () => {
    expect(hash('', 2654435761)).toBe(0xac75fda2929b17efn);
  });

  it('is taken modulo without loss', () => {
    for (const text of ['a', 'b', 'c', 'xxhash', 'Nobody']) {
      const value = hash(text);
      for (const m of [1, 3, 100, 65537, 5000011]) {
        expect(modulo64(Number(value >> 32n), Number(value & 0xffffffffn), m)).toBe(Number(value % BigInt(m)));
      }
    }
  });
});
