// A text that a matcher takes, for requests that a scenario is to ask for. Of a regular expression (RE2's syntax: google/re2 doc/syntax.txt) its simple parts
// are read: the first branch, as few repetitions as it takes. Whether the sample matches is asked of RE2 itself.
import type { StringMatch } from '../../../models/config/kinds/string-match.js';
import { fullMatch } from '../../../models/plan/terms/match.js';

/** Characters that stand for any other. */
const ANY = ['a', '1', '/', '-', '_', ' '] as const;
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['d', '1'],
  ['w', 'a'],
  ['s', ' '],
  ['D', 'a'],
  ['W', '-'],
  ['S', 'a'],
]);
const REPETITION = /\*|\+|\?|\{(\d+)(?:,\d*)?\}/y;
/** Repetitions that a sample writes; whoever asks for more gets none. */
const REPETITIONS_MAX = 64;

/** A value that the matcher takes; null where none was found. */
export function sampleOf(matcher: StringMatch, isGood: (text: string) => boolean = () => true): string | null {
  switch (matcher.kind) {
    case 'present':
      return '1';
    case 'exact':
    case 'prefix':
    case 'path-prefix':
      return isGood(matcher.value) ? matcher.value : null;
    case 'regex': {
      const least = [0, 1].flatMap((optional) => new Pattern(matcher.value, optional).sample() ?? []);
      const samples = [...least, ...least.map((sample) => `/${sample}`)];
      return samples.find((sample) => isGood(sample) && fullMatch(matcher.value, sample)) ?? null;
    }
  }
}

class Pattern {
  private at = 0;

  /** @param optional how often to write what may be missing */
  constructor(
    private readonly source: string,
    private readonly optional: number,
  ) {}

  /** null for what is not simple. */
  sample(): string | null {
    const text = this.branches();
    return text === null || this.at < this.source.length ? null : text;
  }

  /** The first of `a|b|c`; the others are passed over. */
  private branches(): string | null {
    const first = this.sequence();
    while (first !== null && this.takes('|')) {
      if (this.sequence() === null) return null;
    }
    return first;
  }

  private sequence(): string | null {
    let text = '';
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at]!)) {
      const atom = this.atom();
      if (atom === null) return null;
      const times = this.times();
      if (times > REPETITIONS_MAX) return null;
      text += atom.repeat(times);
    }
    return text;
  }

  private atom(): string | null {
    const char = this.source[this.at]!;
    this.at += 1;
    switch (char) {
      case '(': {
        if (this.takes('?') && !this.takes(':')) return null;
        const inner = this.branches();
        return inner !== null && this.takes(')') ? inner : null;
      }
      case '[':
        return this.oneOf();
      case '\\':
        return this.escaped();
      case '.':
        return ANY[0];
      case '^':
      case '$':
        return '';
      default:
        return '*+?{'.includes(char) ? null : char;
    }
  }

  private escaped(): string | null {
    const char = this.source[this.at];
    this.at += 1;
    if (char === undefined) return null;
    return CLASSES.get(char) ?? (/[A-Za-z0-9]/.test(char) ? null : char);
  }

  /** The first character of a class, or one that a negated class does not name. */
  private oneOf(): string | null {
    const start = this.at;
    const isNegated = this.takes('^');
    const end = this.source.indexOf(']', this.at + 1);
    if (end < 0) return null;
    const first = this.takes('\\') ? this.escaped() : this.source[this.at]!;
    this.at = end + 1;
    const whole = this.source.slice(start - 1, end + 1);
    return isNegated ? (ANY.find((char) => fullMatch(whole, char)) ?? null) : first;
  }

  /** How often the last atom is written. */
  private times(): number {
    REPETITION.lastIndex = this.at;
    const found = REPETITION.exec(this.source);
    if (found === null) return 1;
    this.at = REPETITION.lastIndex;
    this.takes('?');
    return found[0] === '+' ? 1 : found[1] === undefined ? this.optional : Number(found[1]);
  }

  private takes(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at += 1;
    return true;
  }
}
