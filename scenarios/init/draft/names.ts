// Names that the draft makes up: of traffic sources and of requests, each once.

/** Gives each name once: `shop`, `shop-2`, `shop-3`. */
export class UniqueNames {
  private readonly given = new Set<string>();

  take(wish: string): string {
    const wanted = wish === '' ? 'unnamed' : wish;
    let name = wanted;
    for (let i = 2; this.given.has(name); i++) name = `${wanted}-${i}`;
    this.given.add(name);
    return name;
  }
}

/** A name in lower-case letters, digits, dots and hyphens. */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
