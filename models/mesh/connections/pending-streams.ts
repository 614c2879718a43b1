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

  /** The oldest of those at the end that are fresh overtakes the others, unless all are. */
  freshFirst(isFresh: (id: number) => boolean): void {
    const { ids, head } = this;
    let place = ids.length;
    while (place > head && isFresh(ids[place - 1])) place--;
    if (place === ids.length || place === head) return;
    const id = ids[place];
    this.remove(id);
    if (head > 0) ids[--this.head] = id;
    else ids.unshift(id);
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
