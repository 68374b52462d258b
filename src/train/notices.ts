import type { Epoch } from './fit.ts';

/** What can go wrong with training while its numbers stay finite. */
export type Trouble = 'divergence' | 'collapse' | 'ignored latent';

/** Finds a trouble in a phase's epochs, at its last one, and says it. */
type Sign = (epochs: readonly Epoch[], steps: number) => string | undefined;

/** Something that is going wrong, in one line with the usual remedies. */
export interface Notice {
  readonly trouble: Trouble;
  readonly text: string;
}

/** What the last of a phase's epochs shows for the first time, so that each trouble is said once. `steps` make an epoch. */
export const noticesOf = (epochs: readonly Epoch[], steps: number): readonly Notice[] => {
  const said = new Set(epochs.flatMap(({ noticed = [] }) => noticed.map(({ trouble }) => trouble)));
  return TROUBLES.flatMap(([trouble, of]) => {
    const text = said.has(trouble) ? undefined : of(epochs, steps);
    return text === undefined ? [] : [{ trouble, text }];
  });
};

/**
 * A loss that is twice that of the untrained model, or has risen by a quarter of what had been gained. Three standard deviations
 * of a step's loss are chance, and a β that warms up costs less than a quarter.
 */
const divergence: Sign = (epochs) => {
  const last = epochs.at(-1);
  if (!last) return undefined;
  const loss = lossOf(last);
  const start = epochs[0]?.spread?.first ?? Infinity;
  let lowest: Epoch | undefined;
  for (const epoch of epochs.slice(0, -1)) if (!lowest || lossOf(epoch) < lossOf(lowest)) lowest = epoch;
  const tell = (than: string) =>
    `the loss diverges: ${short(loss)} in epoch ${last.epoch}${last.phase === 'baseline' ? ' of the baseline' : ''}, ${than}; usual remedies: a smaller learning rate, gradients clipped with clipped(adam(), 1), a look for extreme values in the data`;
  if (loss - start > Math.max(Math.abs(start), 1)) return tell(`and ${short(start)} before training`);
  if (!lowest) return undefined;
  const gained = Math.max(0, start - lossOf(lowest));
  const risen = loss - lossOf(lowest);
  return risen > Math.max(gained / 4, 3 * (lowest.spread?.deviation ?? Infinity))
    ? tell(`after ${short(lossOf(lowest))} in epoch ${lowest.epoch}`)
    : undefined;
};

/** A KL that stays at nothing: q(z|x,y) has become the prior. */
const collapse: Sign = (epochs, steps) => {
  const lasting = lastingly(epochs, steps, (epoch) => klOf(epoch) < NO_NATS);
  return lasting
    ? `posterior collapse: the KL is ${short(klOf(lasting))} nats in epoch ${lasting.epoch}, so z says nothing of y; usual remedies: β warm-up, elbo({ beta: linear({ to: 1, epochs: 10 }) }); free bits, elbo({ freeBits: 0.1 }); a weaker decoder, or one that sees less of the condition`
    : undefined;
};

/** Draws of z from the prior that make no difference to y, though a KL that is paid, or a prior without one, says something. */
const ignored: Sign = (epochs, steps) => {
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

const short = (value: number): string =>
  Number.isFinite(value) && Math.abs(value) < 1e6 ? `${Number(value.toPrecision(3))}` : value.toExponential(1);

const TROUBLES: readonly (readonly [Trouble, Sign])[] = [
  ['divergence', divergence],
  ['collapse', collapse],
  ['ignored latent', ignored],
];
