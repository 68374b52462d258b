import { InvalidGraph } from '../errors.ts';

/** The names in use, from which new, unique names are derived. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** Takes a name. @throws InvalidGraph if it is already taken. */
  claim(name: string): void {
    if (this.#taken.has(name))
      throw new InvalidGraph(`${name}: expected a name of its own, got one that is taken; choose another`);
    this.#taken.add(name);
  }

  /** Takes this name or, if it is already taken, the first free one of `name_2`, `name_3`, …, and returns it. */
  fresh(name: string): string {
    let count = this.#next.get(name) ?? 1;
    let unique = name;
    while (this.#taken.has(unique)) unique = `${name}_${++count}`;
    this.#next.set(name, count);
    this.#taken.add(unique);
    return unique;
  }
}
