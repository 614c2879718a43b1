import { expect, test } from 'vitest';
import { repeatCommand } from '../../cli/repeat-command.js';

test.each([
  [['run', '.'], {}, 'seatrial run .'],
  [
    ['run', './my mesh', "--seed=it's", '--replications=3'],
    { duration: '5s', istio: '1.30', envoy: '1.36', strict: true },
    "seatrial run './my mesh' '--seed=it'\\''s' --replications=3 --duration 5s --istio 1.30 --envoy 1.36 --strict",
  ],
  [
    ['run', '.'],
    { set: [{ text: 'scenario:spec.a=1' }, { text: 'K/n:a[0]=b c' }] },
    "seatrial run . --set scenario:spec.a=1 --set 'K/n:a[0]=b c'",
  ],
  [['diff', 'HEAD~1:mesh/', '~me/after', '$(x)'], {}, "seatrial diff HEAD~1:mesh/ '~me/after' '$(x)'"],
])('%j', (words, options, command) => {
  expect(repeatCommand(words, options)).toBe(command);
});
