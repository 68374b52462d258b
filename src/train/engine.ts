import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Optimiser } from './optimiser.ts';

/** InputValues of a graph's inputs by name, each row-major over [batch, …shape]: the data of a batch, noise, or scalars. */
export type InputValues = Readonly<Record<string, Float32Array>>;

/** A graph's results that are one number for a batch, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** What an optimiser remembers, by the name of its state and of the parameter: `velocity` of `decoder/dense_1/kernel`. */
export type OptimiserState = Readonly<Record<string, Weights>>;

/**
 * What runs and trains graphs. Everything above it (batches, noise, order, stopping, saving) is the same for all engines, and
 * only the gradients are an engine's own.
 */
export interface TrainingEngine {
  /** `tfjs-node`, or another name that a report can show. */
  readonly name: string;
  readonly version: string;
  /** Why it is not a faster one, in one line with the remedy. */
  readonly notice?: string;
  /** Prepares to train an objective: a graph with an output `loss`. Parameters keep what `weights` say until `step`. */
  load(objective: Graph, optimiser: Optimiser, weights: Weights): Promise<Session>;
  /** Computes a graph's scalar outputs for one batch of `count` examples. */
  evaluate(graph: Graph, weights: Weights, values: InputValues, count: number): Promise<Scalars>;
  /** Computes all outputs of a graph for one batch of `count` examples, each row-major over [batch, …shape]. */
  compute(graph: Graph, weights: Weights, values: InputValues, count: number): Promise<InputValues>;
}

/** An objective in training. It owns its parameters until `close`. */
export interface Session {
  /**
   * How many batches a call may be given at present so that it takes no longer than 200 ms or one step: then whoever calls
   * can be interrupted and show progress. What comes out does not depend on it.
   */
  readonly atOnce: number;
  /**
   * Takes one step for each batch, and returns the objective's scalar outputs for each, computed before the step. Where it throws,
   * no step was taken.
   */
  step(batches: readonly StepInput[]): Promise<readonly Scalars[]>;
  /** All parameters as they are now, also those that are not trained. */
  read(): Promise<Weights>;
  /** Sets parameters by name. */
  write(weights: Weights): Promise<void>;
  /** What the optimiser remembers. */
  state(): Promise<OptimiserState>;
  /** Makes the optimiser remember what `state` gave: training goes on as if it had never stopped. */
  restore(state: OptimiserState): Promise<void>;
  /** Frees what the session holds. */
  close(): void;
}

/** What one step is given: the batch and its noise, how many examples it has, and the optimiser's scalars. */
export interface StepInput {
  readonly values: InputValues;
  readonly count: number;
  readonly scalars: Scalars;
}
