/** Something that is wrong: what kind of failure it is, and a description. Failures of one kind mostly have one cause. */
export class Wrong extends Error {
  readonly kind: string;

  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A failure of any kind, as a `Wrong`. */
export const wrongOf = (error: unknown): Wrong => {
  if (error instanceof Wrong) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Wrong('the fuzzer itself', text, { cause: error });
};

/** Runs a part of a case; what it throws is a failure of this kind. */
export const part = async <T>(kind: string, run: () => T | Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong(kind, error instanceof Error ? `${error.name}: ${error.message}` : String(error), { cause: error });
  }
};
