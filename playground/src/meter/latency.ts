import { signal, type ReadonlySignal } from '@preact/signals';

/** Durations in milliseconds: how many were measured, and what the last hundred of them say. */
export interface Figures {
  readonly count: number;
  readonly least: number;
  readonly median: number;
  readonly p95: number;
}

/** Keeps the last hundred durations. */
export interface Meter {
  readonly figures: ReadonlySignal<Figures | undefined>;
  record(milliseconds: number): void;
  clear(): void;
}

export const createMeter = (): Meter => {
  const figures = signal<Figures | undefined>(undefined);
  let kept: number[] = [];
  let count = 0;
  return {
    figures,
    record: (milliseconds) => {
      kept = [...kept.slice(1 - KEPT), milliseconds];
      count++;
      const sorted = [...kept].sort((a, b) => a - b);
      const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
      figures.value = { count, least: at(0), median: at(0.5), p95: at(0.95) };
    },
    clear: () => {
      [kept, count] = [[], 0];
      figures.value = undefined;
    },
  };
};

const KEPT = 100;

/** Calls back when what was drawn by now is on the screen: after the next frame has been painted. */
export const painted = (then: () => void): void => {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      then();
    });
    port1.start();
    port2.postMessage(undefined);
  });
};
