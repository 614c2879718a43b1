// The objects that a request lives in are pooled: a run allocates them until it has reached its peak and then no more.

/** Objects by index, handed out again when they come back. */
export class ObjectPool<T extends { readonly id: number }> {
  readonly all: T[] = [];
  private readonly free: T[] = [];

  constructor(private readonly make: (id: number) => T) {}

  take(): T {
    const again = this.free.pop();
    if (again !== undefined) return again;
    const made = this.make(this.all.length);
    this.all.push(made);
    return made;
  }

  give(object: T): void {
    this.free.push(object);
  }

  /** Those that are in use, by number. Takes time: not for the hot path. */
  taken(): T[] {
    const free = new Set(this.free);
    return this.all.filter((object) => !free.has(object));
  }

  /** Those in use that are as asked for, by number. Looks at each object once, and where none is as asked for at no other list. */
  takenOf(isMeant: (object: T) => boolean): T[] {
    const found = this.all.filter(isMeant);
    if (found.length === 0) return found;
    const free = new Set(this.free);
    return found.filter((object) => !free.has(object));
  }

  get inUse(): number {
    return this.all.length - this.free.length;
  }
}
