import { text, unsigned, vector } from './bytes.ts';
import type { Expr, Type } from './expression.ts';
import { Code, constantExpression, signatureBytes, type Func, type Local } from './function.ts';

/** The parameters of a function, as variables. */
export type Params<P extends readonly Type[]> = {
  readonly [K in keyof P]: P[K] extends Type ? Local<P[K]> : never;
};

/** A piece of memory that has its contents from the start. */
export interface Segment {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What a module holds besides code, by its name: text that is read with `WebAssembly.Module.customSections`. */
export type CustomSections = Readonly<Record<string, string>>;

/** The size of a page of WebAssembly's memory, in bytes. */
export const PAGE = 65536;

/** Collects the functions of a WebAssembly module, each of which is made once, when it is first asked for. */
export class ModuleBuilder {
  readonly #types: number[][] = [];
  readonly #functions: { readonly type: number; body: number[] }[] = [];
  readonly #kernels = new Map<string, Func<readonly Type[], Type | undefined>>();
  readonly #exports: number[][] = [];

  /** Returns the function of this name, and writes it if there is none. */
  kernel<const P extends readonly Type[], R extends Type | undefined = undefined>(
    name: string,
    params: P,
    result: R,
    write: (code: Code, ...params: Params<P>) => R extends Type ? Expr<R> : void,
  ): Func<P, R> {
    // A name has the same types wherever it is used: those of the kernel that is called so.
    const known = this.#kernels.get(name) as Func<P, R> | undefined;
    if (known) return known;
    const made = { type: this.#typeOf(params, result), body: [] as number[] };
    const func: Func<P, R> = { index: this.#functions.push(made) - 1, params, result };
    this.#kernels.set(name, func);
    const code = new Code(params);
    // As many as `params`, each of its type, which `map` does not say.
    const locals = params.map((type, i) => code.param(i, type)) as unknown as Params<P>;
    // A function with a result returns one, and one without returns nothing: TypeScript does not resolve `R` here.
    made.body = code.finish((write(code, ...locals) ?? undefined) as Expr<Type> | undefined);
    return func;
  }

  /** Whether there is a function of this name. */
  has(name: string): boolean {
    return this.#kernels.has(name);
  }

  /** Makes a function callable from outside. */
  export(name: string, { index }: Func<readonly Type[], Type | undefined>): void {
    this.#exports.push([...text(name), 0, ...unsigned(index)]);
  }

  /** Returns the module: its functions, a memory of at least this many bytes, exported as `memory`, and what it holds. */
  bytes(memory: number, segments: readonly Segment[], custom: CustomSections = {}): Uint8Array {
    const pages = Math.ceil(memory / PAGE);
    const exported = [[...text('memory'), 2, 0], ...this.#exports];
    const data = segments.filter(({ bytes }) => bytes.length > 0);
    const heads = data.map(({ at, bytes }) => [0, ...constantExpression(at), ...unsigned(bytes.length)]);
    const dataSize = data.reduce((sum, { bytes }, i) => sum + (heads[i]?.length ?? 0) + bytes.length, 0);
    const parts: (readonly number[] | Uint8Array)[] = [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...Object.entries(custom).map(([name, content]) =>
        section(0, [...text(name), ...new TextEncoder().encode(content)]),
      ),
      section(1, vector(this.#types)),
      section(3, vector(this.#functions.map(({ type }) => unsigned(type)))),
      section(5, vector([[0, ...unsigned(pages)]])),
      section(7, vector(exported)),
      section(10, vector(this.#functions.map(({ body }) => body))),
    ];
    const count = unsigned(data.length);
    parts.push([11, ...unsigned(count.length + dataSize), ...count]);
    data.forEach(({ bytes }, i) => parts.push(heads[i] ?? [], bytes));
    const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #typeOf(params: readonly Type[], result: Type | undefined): number {
    const bytes = signatureBytes(params, result);
    const known = this.#types.findIndex((type) => type.join() === bytes.join());
    return known >= 0 ? known : this.#types.push(bytes) - 1;
  }
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length)].concat(content);
