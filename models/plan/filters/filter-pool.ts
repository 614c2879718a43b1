// The filters of the plan, each once: equal filters of one place are one filter, and share what they remember.
import type { FilterPlan } from '../contract/filter-plan.js';
import type { FilterSource } from '../contract/sources.js';
import type { Numbering } from '../terms/numbering.js';
import { decidingSource } from './deciding-source.js';

type Nameless<T> = T extends FilterPlan ? Omit<T, 'name'> : never;
/** A filter before it has its name. */
export type NewFilter = Nameless<FilterPlan>;

export class FilterPool {
  readonly all: FilterPlan[] = [];
  /** Who wrote each of them. */
  readonly sources: (FilterSource | null)[] = [];

  constructor(private readonly numbering: Numbering) {}

  /**
   * Index of the filter; where several of one `name` differ (by class or caller), each gets a name of its own.
   * @param source who wrote it; of a filter that says what decides it, that is meant
   */
  number(name: string, filter: NewFilter, source: FilterSource | null = decidingSource(filter)): number {
    const number = this.numbering.filters.of(JSON.stringify([name, filter]));
    if (this.all[number] !== undefined) return number;
    const before = this.numbering.filtersBefore(name, number);
    this.all[number] = { ...filter, name: before === 0 ? name : `${name} (${before + 1})` } as FilterPlan;
    this.sources[number] = source;
    return number;
  }
}
