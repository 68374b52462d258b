import { InvalidGraph } from '../errors.ts';

/** Names that are taken, and how a new one is made from one that is. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** Takes a name. Throws InvalidGraph where it is taken. */
  claim(name: string): void {
    if (this.#taken.has(name))
      throw new InvalidGraph(`${name}: expected a name of its own, got one that is taken; call it otherwise`);
    this.#taken.add(name);
  }

  /** Takes this name, or, where it is taken, the first that is free of `name_2`, `name_3`, … */
  fresh(name: string): string {
    let count = this.#next.get(name) ?? 1;
    let unique = name;
    while (this.#taken.has(unique)) unique = `${name}_${++count}`;
    this.#next.set(name, count);
    this.#taken.add(unique);
    return unique;
  }
}
