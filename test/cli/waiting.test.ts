import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showTraining } from '../../src/cli/progress.ts';
import { waiting } from '../../src/cli/waiting.ts';
import { Terminal } from './support/cli.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what takes long is reported once, then every ten seconds for how long it has taken, until it ends', () => {
  const io = new Terminal();
  const stop = waiting(io, 'reading');
  vi.advanceTimersByTime(1400);
  expect(io.stderr.text).toBe('');
  vi.advanceTimersByTime(100);
  expect(io.stderr.text).toBe('reading\n');
  vi.advanceTimersByTime(20_000);
  expect(io.stderr.text).toBe('reading\nreading: 12 s\nreading: 22 s\n');
  stop();
  vi.advanceTimersByTime(60_000);
  expect(io.stderr.text).toBe('reading\nreading: 12 s\nreading: 22 s\n');
});

test.each([true, false])(
  'training (on a terminal: %s) is not silent while it validates and after its epochs',
  async (tty) => {
    const io = new Terminal({ tty });
    const display = await showTraining(io, 'images');
    const at = { phase: 'model', epoch: 1, epochs: 2, steps: 2, metrics: { loss: 1 } } as const;
    const seen = { ...at, examplesPerSecond: 100, secondsLeft: 1, seconds: 1 };
    display.progress({ ...seen, step: 2 });
    if (!tty) {
      vi.advanceTimersByTime(2000);
      expect(io.stderr.text).toContain('measuring on data that are not trained on');
    }
    const before = io.stderr.text.length;
    display.epoch({ phase: 'model', epoch: 1, train: { loss: 1 }, seconds: 1 });
    vi.advanceTimersByTime(2000);
    expect(io.stderr.text.slice(before)).toContain('measuring on data that are not trained on');
    display.end();
    const after = io.stderr.text;
    vi.advanceTimersByTime(60_000);
    expect(io.stderr.text).toBe(after);
  },
);

test.each([true, false])(
  'of hundreds of short epochs (on a terminal: %s) some get a line, and the last one does',
  async (tty) => {
    const io = new Terminal({ tty });
    const display = await showTraining(io, 'rows');
    for (let epoch = 1; epoch <= 301; epoch += 1) {
      display.progress({
        phase: 'model',
        epoch,
        epochs: Infinity,
        step: 1,
        steps: 1,
        metrics: { loss: 1 },
        examplesPerSecond: 100,
        secondsLeft: Infinity,
      });
      vi.advanceTimersByTime(100);
      display.epoch({ phase: 'model', epoch, train: { loss: 1 }, validation: { loss: 400 - epoch }, seconds: 0.1 });
    }
    display.end();
    const epochs = Array.from(io.stderr.text.matchAll(/epoch (\d+)\S*  loss 1.00  validation/g), ([, n]) => Number(n));
    expect(epochs.slice(0, 22)).toEqual([...Array.from({ length: 20 }, (_, i) => i + 1), 40, 60]);
    expect(epochs).toHaveLength(20 + 14 + 1);
    expect(epochs.at(-1)).toBe(301);
    expect(io.stderr.text.match(/a line about every 2 s/g)).toHaveLength(1);
  },
);
