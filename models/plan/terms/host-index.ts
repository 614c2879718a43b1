// Things by the hosts that they are for, exact or with a wildcard: found for a host without looking at all of them.
import { append } from '../../list-index.js';
import { isWildcard } from './host.js';

export class HostIndex<T> {
  private readonly byPattern = new Map<string, T[]>();
  /** Of the longest wildcard without its star; -1 = there is none. */
  private longest = -1;

  add(pattern: string, item: T): void {
    append(this.byPattern, pattern, item);
    this.heed(pattern);
  }

  /** Puts others in the place of those of a pattern. */
  replace(pattern: string, items: readonly T[]): void {
    this.byPattern.set(pattern, [...items]);
    this.heed(pattern);
  }

  private heed(pattern: string): void {
    if (isWildcard(pattern)) this.longest = Math.max(this.longest, pattern.length - 1);
  }

  /** Those of exactly this pattern, in the order in which they were added. */
  at(pattern: string): readonly T[] {
    return this.byPattern.get(pattern) ?? [];
  }

  /**
   * Those whose pattern covers a host (as `hostCovers` says), one list a pattern: the most specific pattern first, in each the order in which they
   * were added. The work is that of the host's length, not of the number of patterns.
   */
  *covering(host: string): Generator<readonly T[], void, undefined> {
    const exact = this.byPattern.get(host);
    if (exact !== undefined) yield exact;
    const isWild = isWildcard(host);
    // A wildcard covers what is longer than its own text, and wildcards of its length.
    const tail = isWild ? host.slice(1) : host;
    for (let start = Math.max(1, tail.length - this.longest); start <= tail.length; start++) {
      const found = this.byPattern.get(`*${tail.slice(start)}`);
      if (found !== undefined) yield found;
    }
  }
}
