import type { Epoch, Notice, NoticeKind } from './epoch.ts';

/** What a sign is looked for in. */
interface Seen {
  readonly epochs: readonly Epoch[];
  /** So many make an epoch. */
  readonly steps: number;
  /** The first epoch from which on the objective has been what it is now, so that losses can be compared. */
  readonly since: number;
}

/** Finds a trouble in a phase's epochs, at its last one, and says it. */
type Sign = (seen: Seen) => string | undefined;

/**
 * What the last of a phase's epochs shows for the first time, so that each trouble is said once. `steps` make an epoch; losses
 * can be compared from the epoch `since` on, as weights such as β have been the same since then.
 */
export const noticesOf = (epochs: readonly Epoch[], steps: number, since = 1): readonly Notice[] => {
  const said = new Set(epochs.flatMap(({ noticed = [] }) => noticed.map(({ trouble }) => trouble)));
  return TROUBLES.flatMap(([trouble, of]) => {
    const text = said.has(trouble) ? undefined : of({ epochs, steps, since });
    return text === undefined ? [] : [{ trouble, text }];
  });
};

/**
 * A loss that is twice that of the untrained model; or one that has risen, by a quarter of what had been gained, by more than
 * chance explains and by what matters, and not for one epoch only, unless by four times as much.
 */
const divergence: Sign = ({ epochs, steps, since }) => {
  const last = epochs.at(-1);
  if (!last) return undefined;
  const loss = lossOf(last);
  const tell = (than: string) =>
    `the loss diverges: ${short(loss)} in epoch ${last.epoch}${last.phase === 'baseline' ? ' of the baseline' : ''}, ${than}; usual remedies: a smaller learning rate, gradients clipped with clipped(adam(), 1), a look for extreme values in the data`;
  const comparable = epochs.filter(({ epoch }) => epoch >= since);
  const start = (comparable[0] ?? epochs[0])?.spread?.first ?? Infinity;
  // What a weight that has grown since then makes of a loss is less than this.
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

/** From so many steps on, their deviation in an epoch is known. */
const FEW = 8;
/** A rise of less than this share of a loss is not worth a word. */
const MATTERS = 0.02;

/**
 * How far losses of epochs lie apart by chance: three standard deviations of a step's loss; where few steps make an epoch, at
 * least six of what epochs differ by from a smooth course (second differences of independent errors have √6 times their
 * deviation, of which 0.67 are the median). Infinite as long as that cannot be told.
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

/** A KL that stays at nothing: q(z|x,y) has become the prior. */
const collapse: Sign = ({ epochs, steps }) => {
  const lasting = lastingly(epochs, steps, (epoch) => klOf(epoch) < NO_NATS);
  return lasting
    ? `posterior collapse: the KL is ${short(klOf(lasting))} nats in epoch ${lasting.epoch}, so z says nothing of y; usual remedies: β warm-up, elbo({ beta: linear({ to: 1, epochs: 10 }) }); free bits, elbo({ freeBits: 0.1 }); a weaker decoder, or one that sees less of the condition`
    : undefined;
};

/** Draws of z from the prior that make no difference to y, though a KL that is paid, or a prior without one, says something. */
const ignored: Sign = ({ epochs, steps }) => {
  const lasting = lastingly(epochs, steps, (epoch) => (epoch.latent?.share ?? 1) < NO_SHARE && klOf(epoch) > SOME_NATS);
  return lasting
    ? `the decoder ignores z: for the same condition, draws of z make ${short(100 * (lasting.latent?.share ?? 0))} % of y's variance in epoch ${lasting.epoch}; usual remedies: a decoder that takes z by more than one layer or sees less of the condition; the ELBO with β warm-up, elbo({ beta: linear({ to: 1, epochs: 10 }) }); several draws a step, elbo({ samples: 5 })`
    : undefined;
};

/** The last epoch, where it and the two before it that were looked at are so, and enough steps have been taken to tell. */
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

/** The KL as the objective gives it; of one that has none, such as `gsnn`, nothing is expected. */
const klOf = ({ train, validation }: Epoch): number => validation?.['kl'] ?? train['kl'] ?? Infinity;

/** To three digits, and whole where it is large. */
const short = (value: number): string =>
  Number.isFinite(value) && Math.abs(value) < 1e6
    ? `${Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))}`
    : value.toExponential(1);

const TROUBLES: readonly (readonly [NoticeKind, Sign])[] = [
  ['divergence', divergence],
  ['collapse', collapse],
  ['ignored latent', ignored],
];
