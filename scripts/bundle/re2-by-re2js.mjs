// In the place of re2-wasm in the bundle of schemas, which needs Node and a binary: the same expressions by RE2JS, which we use anyway.
import { RE2JS } from 're2js';

export class RE2 {
  /** The only flag is `u`, which RE2JS always honours. */
  constructor(pattern) {
    this.pattern = RE2JS.compile(pattern);
  }

  test(text) {
    return this.pattern.matcher(text).find();
  }
}
