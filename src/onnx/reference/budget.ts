import { InvalidGraph } from '../../errors.ts';
import type { OnnxNode } from '../graph.ts';

/** How much the evaluation of a graph may take: a file of a few bytes can ask for any amount of it. */
export interface Limits {
  /** Operations on numbers, in all: 2^38, some minutes, where it is left out. A node is worth 10,000, however little it does. */
  readonly operations?: number;
  /** Numbers that nodes have given and others still need, at one time: 2^28, 2 GiB, where it is left out. */
  readonly numbers?: number;
}

/** What is left of what an evaluation may take. */
export class Budget {
  #operations: number;
  #numbers: number;

  constructor({ operations = 2 ** 38, numbers = 2 ** 28 }: Limits = {}) {
    this.#operations = operations;
    this.#numbers = numbers;
  }

  /** Throws InvalidGraph for more operations than are left. */
  spend(node: OnnxNode, operations: number): void {
    this.#operations -= operations + PER_NODE;
    if (!(this.#operations >= 0)) throw tooMuch(node, 'operations');
  }

  /** Throws InvalidGraph for more numbers than there is room for. */
  hold(node: OnnxNode, numbers: number): void {
    if (!(numbers <= this.#numbers)) throw tooMuch(node, 'numbers');
    this.#numbers -= numbers;
  }

  /** Room for numbers that are no longer needed. */
  release(numbers: number): void {
    this.#numbers += numbers;
  }
}

/** What it takes to look at a node, in operations: microseconds. */
const PER_NODE = 10_000;

const tooMuch = ({ name, op }: OnnxNode, what: string): InvalidGraph =>
  new InvalidGraph(
    `${name || `a ${op}`}: expected a graph that can be evaluated within the limits, got one that takes more ${what} from here on; ` +
      'make it smaller, or raise the limits of evaluate',
  );
