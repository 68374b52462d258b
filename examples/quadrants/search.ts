import { number, table } from './markdown.ts';

/** One of the settings that were tried on validation images, as search.json holds them. */
export interface Tried {
  /** What computed it: a copy in PyTorch, or this library. */
  readonly by: 'PyTorch' | 'cvae-compile';
  /** What differs from the run that it is compared with, in words. */
  readonly what: string;
  readonly quadrants: number;
  /** −log p(y|x) of validation images by importance sampling after so many epochs, in nats. */
  readonly validation: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly negativeElbo?: number;
    readonly kl?: number;
  }[];
  /** What became of it, and why. */
  readonly verdict: string;
}

/** What was tried, kept and dropped. */
export const searchOf = (tried: readonly Tried[]): readonly string[] =>
  tried.length === 0
    ? []
    : [
        '## What was tried',
        '',
        'On validation images only: 50,000 to train on, importance sampling with 10 samples on 2,000 others, as in the cells. Most of',
        'it in short runs of a copy of these networks in PyTorch with bfloat16 products, which the machine computes faster: those numbers',
        'can be compared with each other, not with the cells’, for other images validate and products are less exact.',
        '',
        ...table(
          ['by', 'quadrants', 'what', 'epochs', 'lowest', 'at epoch', '−ELBO', 'KL', 'verdict'],
          tried.map(({ by, quadrants, what, validation, verdict }) => {
            const best = validation.reduce((a, b) => (b.loss < a.loss ? b : a));
            return [
              by,
              String(quadrants),
              what,
              String(validation.at(-1)?.epoch ?? 0),
              number(best.loss),
              String(best.epoch),
              number(best.negativeElbo),
              number(best.kl),
              verdict,
            ];
          }),
        ),
        '',
      ];
