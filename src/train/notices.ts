import type { Ended, Epoch, Notice, NoticeKind } from './epoch.ts';
import { overfitting, short, stillImproving } from './validation-notices.ts';

/** The epochs in which a sign of trouble is sought. */
interface Seen {
  readonly epochs: readonly Epoch[];
  /** The number of steps in an epoch. */
  readonly steps: number;
  /** Why training ends after the last epoch, if it does. */
  readonly by: Ended['by'] | undefined;
  /** The first epoch since which the objective has been unchanged, so that losses can be compared. */
  readonly since: number;
}

/** What is known besides the epochs: troubles that need no report, and why training ends after the last one, if it does. */
interface Known {
  readonly handled?: readonly NoticeKind[];
  readonly by?: Ended['by'] | undefined;
}

/** Detects one kind of trouble in a phase's epochs, at the last one, and describes it. */
type Sign = (seen: Seen) => string | undefined;

/**
 * Returns the troubles that the last of a phase's epochs shows for the first time, so that each is reported once. `steps` is the
 * number of steps in an epoch; losses can be compared from the epoch `since` on, as factors such as β have been the same since
 * then.
 */
export const noticesOf = (
  epochs: readonly Epoch[],
  steps: number,
  since = 1,
  { handled = [], by }: Known = {},
): readonly Notice[] => {
  const said = new Set([...handled, ...epochs.flatMap(({ noticed = [] }) => noticed.map(({ trouble }) => trouble))]);
  // A run that is resumed may end several times.
  said.delete('still improving');
  return TROUBLES.flatMap(([trouble, of]) => {
    const text = said.has(trouble) ? undefined : of({ epochs, steps, since, by });
    return text === undefined ? [] : [{ trouble, text }];
  });
};

/**
 * Detects divergence: a loss that is twice that of the untrained model; or one that has risen by a quarter of what had been
 * gained, by more than chance explains and by an amount that matters, and for more than one epoch, unless the rise is four times
 * as much.
 */
const divergence: Sign = ({ epochs, steps, since }) => {
  const last = epochs.at(-1);
  if (!last) return undefined;
  const loss = lossOf(last);
  const tell = (than: string) =>
    `the loss diverges: ${short(loss)} in epoch ${last.epoch}${last.phase === 'baseline' ? ' of the baseline' : ''}, ${than}; usual remedies: a smaller learning rate, gradients clipped with clipped(adam(), 1), a look for extreme values in the data`;
  const comparable = epochs.filter(({ epoch }) => epoch >= since);
  const start = (comparable[0] ?? epochs[0])?.spread?.first ?? Infinity;
  // A bound on how much of the loss is due to a factor (such as β) that has grown since then.
  const far = comparable.length > 0 ? 1 : 10;
  if (loss - start > far * Math.max(Math.abs(start), 1)) return tell(`and ${short(start)} before training`);
  const earlier = comparable.slice(0, -1);
  const lowest = earlier.reduce<Epoch | undefined>(
    (low, one) => (low && lossOf(low) <= lossOf(one) ? low : one),
    undefined,
  );
  if (!lowest) return undefined;
  const low = lossOf(lowest);
  const enough = Math.max(
    Math.max(0, start - low) / 4,
    chance(earlier, lowest, steps),
    MATTERS * Math.max(Math.abs(low), Math.abs(start)),
  );
  const before = lossOf(earlier.at(-1) ?? lowest);
  if (!(loss - low > enough) || !(before - low > enough / 2 || loss - low > 4 * enough)) return undefined;
  return tell(`after ${short(low)} in epoch ${lowest.epoch}`);
};

/** From this many steps on, the standard deviation of their losses in an epoch is known. */
const FEW = 8;
/** A rise of less than this share of a loss is not worth reporting. */
const MATTERS = 0.02;

/**
 * Estimates how far losses of epochs differ by chance: three standard deviations of a step's loss; if an epoch has few steps, at
 * least six standard deviations of how epochs depart from a smooth course (second differences of independent errors have √6 times
 * their standard deviation, and a median magnitude of 0.67 of that). Infinite as long as this cannot be estimated.
 */
const chance = (epochs: readonly Epoch[], lowest: Epoch, steps: number): number => {
  const losses = epochs.map(lossOf);
  const bends = losses
    .slice(2)
    .map((loss, i) => Math.abs(loss - 2 * (losses[i + 1] ?? 0) + (losses[i] ?? 0)))
    .sort((a, b) => a - b);
  const step = 3 * (lowest.spread?.deviation ?? Infinity);
  if (steps >= FEW) return step;
  return bends.length < 2
    ? Infinity
    : Math.max(step, (6 * (bends[Math.floor(bends.length / 2)] ?? 0)) / (0.67 * Math.sqrt(6)));
};

/** Detects a KL that stays at zero: q(z|x,y) has collapsed onto the prior. */
const collapse: Sign = ({ epochs, steps }) => {
  const lasting = lastingly(epochs, steps, (epoch) => klOf(epoch) < NO_NATS);
  return lasting
    ? `posterior collapse: the KL is ${short(klOf(lasting))} nats in epoch ${lasting.epoch}, so z says nothing of y; usual remedies: β warm-up, elbo({ beta: linear({ to: 1, epochs: 10 }) }); free bits, elbo({ freeBits: 0.1 }); a weaker decoder, or one that sees less of the condition, docs/samples.md`
    : undefined;
};

/**
 * Detects draws of z from the prior that make no difference to y, although the KL, or a prior without one, shows that z carries
 * information.
 */
const ignored: Sign = ({ epochs, steps }) => {
  const lasting = lastingly(epochs, steps, (epoch) => (epoch.latent?.share ?? 1) < NO_SHARE && klOf(epoch) > SOME_NATS);
  return lasting
    ? `the decoder ignores z: for the same condition, draws of z make ${short(100 * (lasting.latent?.share ?? 0))} % of y's variance in epoch ${lasting.epoch}; usual remedies: a decoder that takes z by more than one layer or sees less of the condition; the ELBO with β warm-up, elbo({ beta: linear({ to: 1, epochs: 10 }) }); several draws a step, elbo({ samples: 5 }), docs/samples.md`
    : undefined;
};

/**
 * Returns the last epoch if it and the two measured epochs before it satisfy the condition, and enough steps have been taken to
 * judge.
 */
const lastingly = (epochs: readonly Epoch[], steps: number, is: (epoch: Epoch) => boolean): Epoch | undefined => {
  const last = epochs.at(-1);
  if (!last || last.epoch * steps < ENOUGH || !is(last)) return undefined;
  const looked = epochs.filter(({ latent }) => latent !== undefined).slice(-3);
  return looked.length === 3 && looked.at(-1) === last && looked.every(is) ? last : undefined;
};

const ENOUGH = 200;
const NO_NATS = 0.05;
const SOME_NATS = 0.5;
const NO_SHARE = 0.002;

const lossOf = ({ train }: Epoch): number => train['loss'] ?? NaN;

/**
 * Returns the KL that the objective reports; infinite for one that reports none, such as `gsnn`, so that no collapse is reported.
 */
const klOf = ({ train, validation }: Epoch): number => validation?.['kl'] ?? train['kl'] ?? Infinity;

const TROUBLES: readonly (readonly [NoticeKind, Sign])[] = [
  ['divergence', divergence],
  ['collapse', collapse],
  ['ignored latent', ignored],
  ['overfitting', ({ epochs, steps }) => overfitting(epochs, steps)],
  ['still improving', ({ epochs, by }) => by && stillImproving(epochs, by)],
];
