import type { Choices } from '../choices.ts';

/** A value in the body that is being written: what it is called, and its shape. */
export interface Val {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A type that the compiler must find for a name. */
export interface Claim {
  readonly name: string;
  readonly type: string;
  /** Of a tensor, what its shape must be. */
  readonly shape?: readonly number[];
}

/** A line of a body, and what is claimed of what it defines. */
interface Line {
  readonly code: string;
  readonly claim?: Claim;
}

export const tensorType = (shape: readonly number[]): string => `Tensor<[${shape.join(', ')}]>`;

const claimed = (indent: string, { name, type, shape }: Claim): string =>
  `${indent}is<${type}>()(${name}${shape ? `, [${shape.join(', ')}]` : ''});\n`;

/** The body of a network as it is written, line by line. */
export class Body {
  readonly choices: Choices;
  readonly lines: Line[] = [];
  readonly values: Val[] = [];
  /** What each value was made of. */
  private readonly sources = new Map<string, readonly string[]>();
  private pending: string[] = [];
  private count = 0;

  constructor(choices: Choices, given: readonly Val[]) {
    this.choices = choices;
    this.values.push(...given);
  }

  /** Defines a value. */
  define(code: string, shape: readonly number[]): Val {
    const name = this.fresh();
    this.made({ name, type: tensorType(shape), shape }, code);
    const val = { name, shape };
    this.values.push(val);
    return val;
  }

  /** Defines something that is no single tensor. */
  other(code: string, type: string): string {
    const name = this.fresh();
    this.made({ name, type }, code);
    return name;
  }

  /** The name of a value that something is now made of. */
  use({ name }: Pick<Val, 'name'>): string {
    this.pending.push(name);
    return name;
  }

  /** Whether a value depends on another. */
  depends({ name }: Val, on: Val): boolean {
    return (
      name === on.name || (this.sources.get(name) ?? []).some((from) => this.depends({ name: from, shape: [] }, on))
    );
  }

  private made(claim: Claim, code: string): void {
    this.lines.push({ code: `const ${claim.name} = ${code};`, claim });
    this.sources.set(claim.name, this.pending);
    this.pending = [];
  }

  private fresh(): string {
    return `a${++this.count}`;
  }

  /** The lines, and with `claims` what the compiler must find after each. */
  text(indent: string, claims: boolean): string {
    return this.lines
      .flatMap(({ code, claim }) => [`${indent}${code}\n`, ...(claims && claim ? [claimed(indent, claim)] : [])])
      .join('');
  }
}

/** No value has more elements than this: cases are many and small. */
export const MOST = 60;

/** What a body may do next; it returns whether something was done: what cannot be done here leaves the body as it is. */
export type Step = (body: Body, x: Val) => boolean;
