import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showCount } from '../../src/data/count-progress.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** What is shown of work that gets to these numbers at these times, in seconds. */
const shown = async (
  isTTY: boolean,
  total: number | undefined,
  times: readonly (readonly [seconds: number, done: number])[],
): Promise<string> => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const count = showCount('flags', 'pictures', total, stream);
  let now = 0;
  for (const [seconds, done] of times) {
    vi.advanceTimersByTime((seconds - now) * 1000);
    now = seconds;
    count.at(done);
    // A bar is loaded when it is needed.
    await import('cli-progress');
    await new Promise((resolve) => setTimeout(resolve));
  }
  count.end();
  return String(stream.read() ?? '');
};

describe('work that takes long', () => {
  it('is silent for a second and a half', async () => {
    for (const isTTY of [true, false])
      expect(
        await shown(isTTY, 5000, [
          [0.1, 32],
          [1.4, 5000],
        ]),
      ).toBe('');
  });

  it('is a line, and one every ten seconds, where no terminal is', async () => {
    const times = [
      [1.6, 1200],
      [3, 2400],
      [11.6, 4000],
    ] as const;
    expect(await shown(false, 5000, times)).toBe('flags: 1,200 of 5,000 pictures\nflags: 4,000 of 5,000 pictures\n');
    expect(await shown(false, undefined, times)).toBe('flags: 1,200 pictures\nflags: 4,000 pictures\n');
  });

  it('is a bar on a terminal, or a count without a total, which is gone at the end', async () => {
    const times = [
      [1.6, 1200],
      [3, 2400],
      [4, 2500],
    ] as const;
    expect(await shown(true, 5000, times)).toMatch(/flags: \S*█\S* 50% 2,500 of 5,000 pictures/u);
    expect(await shown(true, undefined, times)).toMatch(/flags: 2,500 pictures/);
  });
});
