import type { FileRunner } from '../runtime/sessions.ts';
import type { InferRequest } from './request.ts';

/** An input or an output, as the protocol describes it: −1 is an axis of any length. */
export interface TensorInfo {
  readonly name: string;
  readonly datatype: 'BOOL' | 'BYTES' | 'FP32' | 'INT64';
  readonly shape: readonly number[];
}

/** An output of a request. */
export interface GivenOutput {
  readonly datatype: 'FP32' | 'INT64';
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

/** What requests may ask of a model. */
export interface Asked extends Pick<InferRequest, 'inputs'> {
  /** Runs files for this request alone. */
  readonly runner: FileRunner;
  readonly signal: AbortSignal;
  /** How many numbers an answer may have. */
  readonly most: number;
}

/** A model of the server: one file of an exported model, or all of it. */
export interface ServedModel {
  readonly name: string;
  readonly platform: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Computes all outputs. @throws Refusal, or a UserError, for inputs that do not fit. */
  infer(asked: Asked): Promise<ReadonlyMap<string, GivenOutput>>;
}
