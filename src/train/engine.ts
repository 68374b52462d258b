import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Optimiser } from './optimiser.ts';

/** The values of a graph's inputs by name, each row-major over [batch, …shape]: the data of a batch, noise, or scalars. */
export type InputValues = Readonly<Record<string, Float32Array>>;

/** A graph's scalar results for a batch, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** An optimiser's state, by the name of the state and of the parameter: `velocity` of `decoder/dense_1/kernel`. */
export type OptimiserState = Readonly<Record<string, Weights>>;

/**
 * Runs and trains graphs. Everything above it (batches, noise, order, stopping, saving) is the same for all engines; only the
 * gradients are the engine's own.
 */
export interface TrainingEngine {
  /** `tfjs-node`, or another name to show in a report. */
  readonly name: string;
  readonly version: string;
  /** Why it was taken, to follow its name: `which is installed`. */
  readonly why?: string;
  /** What is wrong with an engine that would have been taken, in one line with the remedy. */
  readonly notice?: string;
  /**
   * Prepares to train an objective: a graph with an output `loss`. Parameters have their values from `weights` until the first
   * `step`.
   */
  load(objective: Graph, optimiser: Optimiser, weights: Weights): Promise<Session>;
  /**
   * Computes a graph's scalar outputs for one batch of `count` examples. Weights must not be changed in place between calls: an
   * engine may keep them.
   */
  evaluate(graph: Graph, weights: Weights, values: InputValues, count: number): Promise<Scalars>;
  /** Computes all outputs of a graph for one batch of `count` examples, each row-major over [batch, …shape]. */
  compute(graph: Graph, weights: Weights, values: InputValues, count: number): Promise<InputValues>;
}

/** An objective being trained. It owns its parameters until `close`. */
export interface Session {
  /**
   * The number of batches to pass in a call at present. An engine that computes in this thread takes 200 ms for them, or one step,
   * so that the caller can be interrupted and show progress; one that does not takes two seconds at most. Results do not depend on
   * it.
   */
  readonly atOnce: number;
  /**
   * Takes one step for each batch, and returns the objective's scalar outputs for each, computed before the step. If it throws,
   * no step was taken; if it is interrupted, it returns those of the steps that were taken, at least one.
   */
  step(batches: readonly StepInput[]): Promise<readonly Scalars[]>;
  /** Prepares for a call with these batches, while another one runs. */
  expect?(batches: readonly StepInput[]): void;
  /** Ends the call that runs, if any, after its present step. */
  interrupt?(): void;
  /** Returns all current parameters, including those that are not trained. */
  read(): Promise<Weights>;
  /** Sets parameters by name. */
  write(weights: Weights): Promise<void>;
  /** Returns the optimiser's state. */
  state(): Promise<OptimiserState>;
  /** Sets the optimiser's state to one that `state` returned: training resumes as if it had never stopped. */
  restore(state: OptimiserState): Promise<void>;
  /** Frees the session's resources. */
  close(): void;
}

/** The input of one step: the batch and its noise, the number of its examples, and the optimiser's scalars. */
export interface StepInput {
  readonly values: InputValues;
  readonly count: number;
  readonly scalars: Scalars;
}
