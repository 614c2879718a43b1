// JSON in few bytes: objects of the same shape share one list of field names, and equal objects are written once. The page unpacks
// it to the values that went in, so that it reads the same types as everything else.

/** Objects shorter than this are cheaper than a reference to them. */
const SHARED_LENGTH_MIN = 40;
const REFERENCE = -1;
const LIST = -2;

/** What `pack` writes: object = [shape, ...values] (nulls at the end left out), list = [-2, ...items], shared object = [-1, index]. */
interface Packed {
  readonly shapes: readonly (readonly string[])[];
  readonly shared: readonly unknown[];
  readonly root: unknown;
}

/** `value` is what JSON can hold; fields that are undefined are left out. */
export function pack(value: unknown): string {
  return new Packing().write(value);
}

/** The value that was packed. */
export function unpack(text: string): unknown {
  const { shapes, shared, root } = JSON.parse(text) as Packed;
  const read = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    const [head, ...rest] = value as [number, ...unknown[]];
    if (head === LIST) return rest.map(read);
    if (head === REFERENCE) return objects[rest[0] as number];
    return Object.fromEntries(shapes[head]!.map((key, i) => [key, i < rest.length ? read(rest[i]) : null]));
  };
  const objects: unknown[] = [];
  for (const value of shared) objects.push(read(value));
  return read(root);
}

class Packing {
  private readonly shapes: string[][] = [];
  private readonly shapeNumbers = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly texts = new Map<object, string>();
  private readonly shared: string[] = [];
  private readonly sharedNumbers = new Map<string, number>();

  write(value: unknown): string {
    this.count(value);
    const root = this.emit(value);
    return `{"shapes":${JSON.stringify(this.shapes)},"shared":[${this.shared.join(',')}],"root":${root}}`;
  }

  /** The text of a value without any sharing; counts how often each object occurs. */
  private count(value: unknown): string {
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    const text = this.bracketed(value, (inner) => this.count(inner));
    if (!Array.isArray(value)) {
      this.texts.set(value, text);
      this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
    }
    return text;
  }

  private emit(value: unknown): string {
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    const text = this.texts.get(value);
    const isShared = text !== undefined && text.length >= SHARED_LENGTH_MIN && this.counts.get(text)! > 1;
    if (!isShared) return this.bracketed(value, (inner) => this.emit(inner));
    let index = this.sharedNumbers.get(text);
    if (index === undefined) {
      const emitted = this.bracketed(value, (inner) => this.emit(inner));
      index = this.shared.push(emitted) - 1;
      this.sharedNumbers.set(text, index);
    }
    return `[${REFERENCE},${index}]`;
  }

  private bracketed(value: object, inner: (value: unknown) => string): string {
    if (Array.isArray(value)) return `[${[LIST, ...value.map((item) => inner(item))].join(',')}]`;
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    const shape = this.shapeOf(entries.map(([key]) => key));
    let end = entries.length;
    while (end > 0 && entries[end - 1]![1] === null) end--;
    return `[${[shape, ...entries.slice(0, end).map(([, field]) => inner(field))].join(',')}]`;
  }

  private shapeOf(keys: string[]): number {
    const text = JSON.stringify(keys);
    let shape = this.shapeNumbers.get(text);
    if (shape === undefined) {
      shape = this.shapes.push(keys) - 1;
      this.shapeNumbers.set(text, shape);
    }
    return shape;
  }
}
