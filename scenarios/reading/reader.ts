// Reads the words of one scenario document and says where they are wrong.

import type { SourcePosition } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import type { FieldPath } from '../../models/config/resource.js';
import { writtenField } from '../../models/config/written-field.js';
import type { FieldSource } from '../../models/plan/contract/sources.js';
import { writtenAt } from '../../models/plan/terms/field-source.js';
import { Findings } from '../../models/plan/terms/findings.js';
import { parseDistribution } from '../../sim/distributions/parse.js';
import type { DistributionSpec } from '../../sim/distributions/spec.js';
import { describe, formatPath } from '../document/validate.js';
import {
  parseBytes,
  parseBytesPerSecond,
  parseDurationNs,
  parseFactor,
  parseRatePerSecond,
  parseShare,
} from '../document/words.js';

type Word = string | number;

/** Every method that reads a field returns `fallback` where the field is absent or wrong; what is wrong goes to `findings`. */
export class ScenarioReader {
  readonly findings = new Findings();

  constructor(
    private readonly raw: RawDocument,
    /** As fidelity entries name it: `Scenario black-friday`. */
    readonly resource: string,
  ) {}

  /** Position of the value of a field; of its nearest ancestor where the field is absent. */
  at(path: FieldPath): SourcePosition {
    return this.raw.valueAt(path);
  }

  /** Who wrote a field; null: nobody. */
  source(path: FieldPath): FieldSource | null {
    return writtenAt({ field: (own) => writtenField(this.resource, this.raw, [], own) }, path);
  }

  wrong(path: FieldPath, message: string, hint?: string): void {
    this.findings.error('wrong-value', this.at(path), `${formatPath(path)}: ${message}`, hint);
  }

  warn(code: string, path: FieldPath, message: string, hint?: string): void {
    this.findings.warning(code, this.at(path), `${formatPath(path)}: ${message}`, hint);
  }

  /** Says what a default means for the answer. */
  assumed(path: FieldPath, meaning: string): void {
    this.findings.approximated(this.resource, formatPath(path), this.at(path), meaning);
  }

  durationNs<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseDurationNs(word);
    if (value !== null) return value;
    const unit = /^[\d.]+$/.test(String(word).trim())
      ? `a duration needs a unit: \`${word}s\` or \`${word}ms\``
      : undefined;
    this.wrong(path, `expected a duration such as 1m30s or 250ms, found ${describe(word)}`, unit);
    return fallback;
  }

  /** A duration above zero. */
  positiveNs<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    const value = this.durationNs(path, word, fallback);
    if (word === undefined || value !== 0) return value;
    this.wrong(path, 'expected a duration above zero');
    return fallback;
  }

  ratePerSecond<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseRatePerSecond(word);
    if (value !== null) return value;
    const hint = String(word).trim().startsWith('-') ? 'a rate cannot be negative' : undefined;
    this.wrong(path, `expected a rate such as 800/s, 50/m or 3/h, found ${describe(word)}`, hint);
    return fallback;
  }

  share<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseShare(word);
    if (value !== null) return value;
    const percent = typeof word === 'number' && word > 1 && word <= 100 ? `did you mean \`${word}%\`?` : undefined;
    this.wrong(path, `expected a share from 0 to 1 or from 0% to 100%, found ${describe(word)}`, percent);
    return fallback;
  }

  /** How many times as much. */
  factor<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseFactor(word);
    if (value !== null) return value;
    const bare = /^[\d.]+$/.test(String(word).trim()) ? `did you mean \`${word}x\`?` : undefined;
    this.wrong(path, `expected a factor such as 3x or 0.5x, found ${describe(word)}`, bare);
    return fallback;
  }

  /** The size of a body. */
  bytes<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseBytes(word);
    if (value !== null) return value;
    this.wrong(path, `expected a size of up to 1TiB such as 4KiB or 512, found ${describe(word)}`);
    return fallback;
  }

  bytesPerSecond<T>(path: FieldPath, word: Word | undefined, fallback: T): number | T {
    if (word === undefined) return fallback;
    const value = parseBytesPerSecond(word);
    if (value !== null) return value;
    this.wrong(path, `expected a bandwidth such as 10Gbit/s or 100MB/s, found ${describe(word)}`);
    return fallback;
  }

  /** A distribution of durations; a duration alone is a constant. */
  distribution(path: FieldPath, word: Word): DistributionSpec | null {
    const parsed = parseDistribution(String(word), parseDurationNs);
    if ('spec' in parsed) return parsed.spec;
    this.wrong(path, parsed.error, 'for example `5ms`, `exponential(mean=10ms)` or `lognormal(mean=4ms, cv=1)`');
    return null;
  }
}

/** A string or a list of strings as a list. */
export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** Values of a map as strings: YAML reads `true` and `1` as other types. */
export function stringsOf(
  map: Readonly<Record<string, string | number | boolean>> | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, String(value)]));
}
