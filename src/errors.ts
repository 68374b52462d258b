/**
 * An error that the user can fix. Each message is one sentence, `where: expected what, got what; do this`; the command
 * line prints it without a stack trace and exits with 1. Anything else that is thrown is a bug in this package and
 * keeps its stack trace.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    // Escapes characters that would break the line or control a terminal: file names and their contents may hold
    // anything.
    super(message.replace(/[\p{Cc}\u2028\u2029]/gu, encodeURIComponent), options);
  }
}

/** A network was given a tensor of a shape it cannot take, or returned one of the wrong shape. */
export class ShapeMismatch extends UserError {
  override readonly name = 'ShapeMismatch';
}

/** A definition that makes no sense: a double sigmoid, two networks of the same name, an option without effect. */
export class InvalidModel extends UserError {
  override readonly name = 'InvalidModel';
}

/** Weights that do not belong to this model. */
export class WeightsMismatch extends UserError {
  override readonly name = 'WeightsMismatch';
}

/** Data that cannot be read, or that does not fit the model. */
export class InvalidData extends UserError {
  override readonly name = 'InvalidData';
}

/** A file that is missing, truncated, corrupt, or not of the type its name suggests. */
export class InvalidFile extends UserError {
  override readonly name = 'InvalidFile';
}

/** An ONNX graph that onnxruntime would reject, or one whose results differ from the reference. */
export class InvalidGraph extends UserError {
  override readonly name = 'InvalidGraph';
}

/** Training that cannot continue, such as when the loss is no longer a number. */
export class TrainingFailed extends UserError {
  override readonly name = 'TrainingFailed';
}

/** Something this machine lacks: a runtime, a training backend, free disk space. */
export class Unavailable extends UserError {
  override readonly name = 'Unavailable';
}

/** Whether a thrown value is an error from any realm: a frame, or a `vm` context such as a test runner's. */
export const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(thrown));

/** Returns a thrown value as text: the message if it is an error. */
export const messageOf = (thrown: unknown): string => {
  if (isError(thrown)) return thrown.message;
  return typeof thrown === 'object' && thrown !== null ? 'a thrown object' : String(thrown);
};

/** Returns an error's code if it has one, such as the file system's `ENOENT`. */
export const errorCode = (thrown: unknown): string | undefined =>
  isError(thrown) && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;

/**
 * Whether an error was caused by the user, even if it comes from another copy of this package (a definition may load
 * its own). Compares names, because `instanceof` fails across copies.
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

/**
 * Returns the reason for a failure as one line: the first line of the message. Kept short because browser pages load
 * it.
 */
export const reasonOf = (error: unknown): string => String(Object(error).message ?? error).split('\n')[0] ?? '';

/**
 * Like `reasonOf`, but prefixed with the kind of error unless it is a `UserError` or a plain `Error`:
 * `TypeError: x is not a function`.
 */
export const lineOf = (error: unknown): string =>
  isUserError(error) || !isError(error) || error.name === 'Error'
    ? reasonOf(error)
    : `${error.name}: ${reasonOf(error)}`;
