import { InvalidGraph } from '../../errors.ts';
import type { OnnxNode } from '../graph.ts';

/** How much the evaluation of a graph may take: a file of a few bytes can ask for any amount of it. */
export interface Limits {
  /**
   * Products of two numbers, in all: 2^38, some minutes, where it is left out. A number that a node takes or gives is worth 16 of
   * them, and a node 10,000, however little it does.
   */
  readonly operations?: number;
  /** Numbers that nodes have given and others still need, at one time: 2^28, 2 GiB, where it is left out. */
  readonly numbers?: number;
}

/** What an evaluation may take where it is not told. */
export const LIMITS: Required<Limits> = { operations: 2 ** 38, numbers: 2 ** 28 };

/** What is left of what an evaluation may take. */
export class Budget {
  #operations: number;
  #numbers: number;

  constructor({ operations = LIMITS.operations, numbers = LIMITS.numbers }: Limits = {}) {
    this.#operations = operations;
    this.#numbers = numbers;
  }

  /** Throws InvalidGraph for more operations than are left, to compute a node from some numbers to some others. */
  spend(node: OnnxNode, numbers: number, products = 0): void {
    this.#operations -= numbers * PER_NUMBER + products + PER_NODE;
    if (!(this.#operations >= 0)) throw tooMuch(node, 'operations');
  }

  /** Throws InvalidGraph for more numbers than there is room for. */
  hold(node: OnnxNode, numbers: number): void {
    if (!(numbers <= this.#numbers)) throw tooMuch(node, 'numbers');
    this.#numbers -= numbers;
  }

  /** Throws InvalidGraph for more numbers than there is room for; they are needed only while a node is computed. */
  requireRoom(node: OnnxNode, numbers: number): void {
    this.hold(node, numbers);
    this.release(numbers);
  }

  /** Room for numbers that are no longer needed. */
  release(numbers: number): void {
    this.#numbers += numbers;
  }
}

/** What it takes to look at a number, and at a node: 10 to 100 nanoseconds, and microseconds. */
const PER_NUMBER = 16;
const PER_NODE = 10_000;

const tooMuch = ({ name, op }: OnnxNode, what: string): InvalidGraph =>
  new InvalidGraph(
    `${name || `a ${op}`}: expected a graph that can be evaluated within the limits, got one that takes more ${what} from here on; ` +
      'make it smaller, or raise the limits of evaluate',
  );
