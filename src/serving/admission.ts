import { refuse } from './refusal.ts';

/** How much a server takes on at a time. */
export interface Limits {
  /** Bytes of a body, and of the numbers of an answer. */
  readonly bytes: number;
  /** Requests for inference that are in progress or wait. */
  readonly requests: number;
  /** Milliseconds from the head of a request to the end of its computation. */
  readonly time: number;
}

/** Counts what is in progress, so that neither memory nor time to wait grows with what clients send. */
export class Admission {
  readonly #limits: Limits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The number of requests in progress. */
  get requests(): number {
    return this.#requests;
  }

  /** Admits a request with a body of this number of bytes, until the function that it returns is called. @throws Refusal when there are too many. */
  admit(bytes: number): () => void {
    const { requests, bytes: each } = this.#limits;
    const isFull = this.#requests >= requests || (this.#requests > 0 && this.#bytes + bytes > BODIES * each);
    if (isFull)
      throw refuse(
        `expected at most ${requests} requests at a time, got more; try again in a second, or start more servers`,
        503,
      );
    this.#requests++;
    this.#bytes += bytes;
    let admitted = true;
    return () => {
      if (!admitted) return;
      admitted = false;
      this.#requests--;
      this.#bytes -= bytes;
    };
  }
}

/** Bodies of the largest size that are in memory at once. */
const BODIES = 8;
