import { InvalidGraph } from '../../errors.ts';
import type { OnnxNode } from '../graph.ts';

/** The resources that the evaluation of a graph may use: a file of a few bytes can demand any amount of them. */
export interface Limits {
  /**
   * The number of products of two numbers, in total; by default 2^38, which takes some minutes. Each number that a node
   * reads or writes counts as 16 of them, and each node as 10,000, however little it does.
   */
  readonly operations?: number;
  /**
   * The number of values held in memory at one time because other nodes still need them; by default 2^28, which is 2
   * GiB.
   */
  readonly numbers?: number;
}

/** The default limits of an evaluation. */
export const LIMITS: Required<Limits> = { operations: 2 ** 38, numbers: 2 ** 28 };

/** The remaining resources of an evaluation. */
export class Budget {
  #operations: number;
  #numbers: number;

  constructor({ operations = LIMITS.operations, numbers = LIMITS.numbers }: Limits = {}) {
    this.#operations = operations;
    this.#numbers = numbers;
  }

  /**
   * Subtracts the operations of a node: `numbers` read and written, and `products`. @throws InvalidGraph if too few are
   * left.
   */
  spend(node: OnnxNode, numbers: number, products = 0): void {
    this.#operations -= numbers * PER_NUMBER + products + PER_NODE;
    if (!(this.#operations >= 0)) throw tooMuch(node, 'operations');
  }

  /** Reserves memory for numbers. @throws InvalidGraph if too little is left. */
  hold(node: OnnxNode, numbers: number): void {
    if (!(numbers <= this.#numbers)) throw tooMuch(node, 'numbers');
    this.#numbers -= numbers;
  }

  /**
   * Checks that there is memory for numbers that are needed only while a node is computed. @throws InvalidGraph if too
   * little is left.
   */
  requireRoom(node: OnnxNode, numbers: number): void {
    this.hold(node, numbers);
    this.release(numbers);
  }

  /** Releases the memory of numbers that are no longer needed. */
  release(numbers: number): void {
    this.#numbers += numbers;
  }
}

/** The cost of a number, and of a node, in operations: 10 to 100 nanoseconds, and microseconds. */
const PER_NUMBER = 16;
const PER_NODE = 10_000;

const tooMuch = ({ name, op }: OnnxNode, what: string): InvalidGraph =>
  new InvalidGraph(
    `${name || `a ${op}`}: expected a graph that can be evaluated within the limits, got one that takes more ${what} from here on; ` +
      'make it smaller, or raise the limits of evaluate',
  );
