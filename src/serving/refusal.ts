import { isError, isUserError, reasonOf } from '../errors.ts';

/** Why a request is not answered as it wishes: a status of HTTP, and one sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Returns the refusal of a request that is wrong. */
export const refuse = (message: string, status = 400): Refusal => new Refusal(status, message);

/** Returns the refusal for any error: what the model refuses is wrong in the request, and all else is a failure of the server. */
export const refusalOf = (error: unknown): Refusal => {
  if (isError(error) && 'status' in error && typeof error.status === 'number')
    return new Refusal(error.status, error.message);
  return new Refusal(isUserError(error) ? 400 : 500, reasonOf(error));
};
