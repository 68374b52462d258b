import { wrongOf, type Wrong } from '../failure.ts';

/**
 * What takes long and runs next to the rest, one thing at a time: what comes while it is busy is not done. So a slow engine is
 * tried on as many files as it can be without holding up the others.
 */
export class Later {
  private current: Promise<void> | undefined;
  /** How often something was done. */
  done = 0;

  offer(run: () => Promise<void>, failed: (wrong: Wrong) => void): void {
    if (this.current) return;
    this.current = run()
      .then(
        () => void this.done++,
        (error: unknown) => failed(wrongOf(error)),
      )
      .finally(() => (this.current = undefined));
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await this.current;
  }
}
