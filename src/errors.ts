/**
 * What a user can cause. Each message is one sentence, `where: expected what, got what; do this`; the command line prints
 * it without a stack and exits with 1. Anything else that is thrown is a defect of ours and keeps its stack.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    // What would end the line, or command a terminal: names of files and of what is in them may be anything.
    super(message.replace(/[\p{Cc}\u2028\u2029]/gu, encodeURIComponent), options);
  }
}

/** A network was given a tensor of a shape it cannot take, or gives one that it may not. */
export class ShapeMismatch extends UserError {
  override readonly name = 'ShapeMismatch';
}

/** A definition that cannot be meant: a double sigmoid, two networks of one name, an option without effect. */
export class InvalidModel extends UserError {
  override readonly name = 'InvalidModel';
}

/** Weights that are not this model's. */
export class WeightsMismatch extends UserError {
  override readonly name = 'WeightsMismatch';
}

/** Data that cannot be read, or does not fit the model it is given to. */
export class InvalidData extends UserError {
  override readonly name = 'InvalidData';
}

/** A file that is missing, truncated, damaged, or not what its name says. */
export class InvalidFile extends UserError {
  override readonly name = 'InvalidFile';
}

/** An ONNX graph that onnxruntime would refuse, or one whose results differ from the reference's. */
export class InvalidGraph extends UserError {
  override readonly name = 'InvalidGraph';
}

/** Training that cannot go on, such as a loss that is no longer a number. */
export class TrainingFailed extends UserError {
  override readonly name = 'TrainingFailed';
}

/** Something this machine lacks: a runtime, a training backend, room on its disk. */
export class Unavailable extends UserError {
  override readonly name = 'Unavailable';
}

/** Whether what was thrown is an error, of any realm: a frame's, a `vm` context's such as a test runner's. */
export const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(thrown));

/** What was thrown, in words; mostly the message of an error. */
export const messageOf = (thrown: unknown): string => {
  if (isError(thrown)) return thrown.message;
  return typeof thrown === 'object' && thrown !== null ? 'a thrown object' : String(thrown);
};

/** The code of an error that has one, such as the file system's `ENOENT`. */
export const errorCode = (thrown: unknown): string | undefined =>
  isError(thrown) && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;

/**
 * Whether an error is one that a user caused, also when it comes from another copy of this package (a definition may
 * load its own): by name, not by `instanceof`.
 */
export const isUserError = (error: unknown): error is UserError => isError(error) && USER_ERRORS.has(error.name);

const USER_ERRORS = new Set([
  'UserError',
  'ShapeMismatch',
  'InvalidModel',
  'WeightsMismatch',
  'InvalidData',
  'InvalidFile',
  'InvalidGraph',
  'TrainingFailed',
  'Unavailable',
]);

/** Why something failed, in one line: what was thrown, without the lines that it adds below. Short, as pages load it. */
export const reasonOf = (error: unknown): string => String(Object(error).message ?? error).split('\n')[0] ?? '';

/** The same with what kind of error it is, where it is neither ours nor a plain one: `TypeError: x is not a function`. */
export const lineOf = (error: unknown): string =>
  isUserError(error) || !isError(error) || error.name === 'Error'
    ? reasonOf(error)
    : `${error.name}: ${reasonOf(error)}`;
