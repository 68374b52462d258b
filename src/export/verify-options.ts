import { checkOptions } from '../dsl/check-arguments.ts';
import { TRAIN_RULES } from '../train/options.ts';
import { callable, flag, rule, type Rule } from '../values/rules.ts';
import type { InferenceEngine } from './engine.ts';
import type { TrainingBackend } from './verification.ts';

/** The options of `verify`. */
export interface VerifyOptions {
  /** What runs the files: onnxruntime, as their consumers run them. */
  readonly engine: InferenceEngine;
  /** Computes the same from the definition, if that is available. */
  readonly backend?: TrainingBackend;
  /** Called for each file before it is compared, with its progress, from 0 to 1. */
  readonly onFile?: (file: string, done: number) => void;
  /**
   * Whether the examples of the files were just computed by the reference, as in an export: it then need not compute further rows
   * of a model for which one row takes seconds.
   */
  readonly fresh?: boolean;
  /** Ends the verification: its reason is thrown. */
  readonly signal?: AbortSignal;
}

const has = (value: unknown, name: string): boolean => typeof Object(value)[name] === 'function';
const VERIFY: Readonly<Record<keyof VerifyOptions, Rule>> = {
  engine: rule('an engine', (value) => has(value, 'load'), "give onnxruntime(ort, 'onnxruntime-node')"),
  backend: rule('a training backend', (value) => has(value, 'run'), 'leave it out'),
  onFile: callable('a function', 'give a function, or leave it out'),
  fresh: flag,
  signal: TRAIN_RULES.signal,
};

/** Checks the options of `verify`. @throws InvalidModel for unknown options, and invalid values. */
export const checkVerify = (options: unknown): void => checkOptions('verify', VERIFY, options, ['engine']);
