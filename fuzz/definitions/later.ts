import { wrongOf, type Wrong } from '../failure.ts';

/**
 * Slow work that runs alongside the rest, one thing at a time: what arrives while it is busy is skipped. So a slow engine is
 * tried on as many files as possible without holding up the others.
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
