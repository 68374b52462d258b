import { Unavailable, type UserError } from '../../errors.ts';

/** A question that only an evaluation answers: a module has none, also of a model that was exported with one. */
export const withoutEvaluation = (name: string): UserError =>
  new Unavailable(
    `${name}: expected a file evaluation, got a module, which has none; open a folder exported with --evaluation by cvae-compile/runtime`,
  );
