// The streams that wait for a connection, first come first: a queue of ids with a moving head.

const COMPACT_AT = 1024;

export class PendingStreams {
  /** How many there are. */
  size = 0;
  private ids: number[] = [];
  private head = 0;

  push(id: number): void {
    this.ids.push(id);
    this.size++;
  }

  /** The oldest; there must be one. */
  takeFirst(): number {
    const id = this.ids[this.head++];
    this.size--;
    if (this.head === this.ids.length) {
      this.ids.length = 0;
      this.head = 0;
    } else if (this.head > COMPACT_AT && this.head * 2 > this.ids.length) {
      this.ids = this.ids.slice(this.head);
      this.head = 0;
    }
    return id;
  }

  /** The oldest, which stays; there must be one. */
  fromStart(): number {
    return this.ids[this.head];
  }

  /** The one that came before the last `back` of them. */
  fromEnd(back: number): number {
    return this.ids[this.ids.length - 1 - back];
  }

  /** One that is among them overtakes the others. */
  moveToFront(id: number): void {
    this.remove(id);
    if (this.head > 0) this.ids[--this.head] = id;
    else this.ids.unshift(id);
    this.size++;
  }

  /** One that is among them. */
  remove(id: number): void {
    this.ids.splice(this.ids.indexOf(id, this.head), 1);
    this.size--;
  }

  /** All of them, oldest first; none are left. */
  takeAll(): readonly number[] {
    const all = this.ids.slice(this.head);
    this.ids.length = 0;
    this.head = 0;
    this.size = 0;
    return all;
  }
}
