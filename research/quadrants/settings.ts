import { createHash } from 'node:crypto';

/** How much of a digit is seen: the bottom left quarter, the left half, or all but the bottom right quarter. */
export type Quadrants = 1 | 2 | 3;

export const MODELS = ['nn', 'gsnn', 'cvae', 'hybrid', 'iwae'] as const;

/** What is trained: a network alone, or the same networks by one objective or another. */
export type ModelName = (typeof MODELS)[number];

/** One cell of the table, in full: the same settings give the same numbers on the same machine. */
export interface Settings {
  readonly quadrants: Quadrants;
  readonly model: ModelName;
  /** Grey pixels as they are, or coins thrown anew in each epoch. */
  readonly targets: 'grey' | 'binary';
  readonly seed: number;
  /** Whole digits, what is seen masked out of the loss; or the missing pixels only, from the seen ones only. */
  readonly form: 'whole' | 'missing';
  /** Two dense layers for each network, or residual convolutions of the missing pixels and a dense layer. */
  readonly network: 'mlp' | 'conv';
  /** Of convolutional networks: channels at half and at a quarter of a digit's side, and residual blocks at each. */
  readonly wide: number;
  readonly narrow: number;
  readonly blocks: number;
  /** Units of each of the two hidden layers of each network, and of the latent. */
  readonly hidden: number;
  readonly latent: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Whether the learning rate falls along a cosine, or stays. */
  readonly schedule: 'constant' | 'cosine';
  /** At most this number of epochs; validation is looked at in every third one, and `patience` epochs without a better one end it. */
  readonly epochs: number;
  readonly patience: number;
  readonly weightDecay: number;
  readonly freeBits: number;
  readonly warmUp: number;
  readonly dropout: number;
  /** The share of pixels that training leaves out of what the networks see: of x, for all of them, and of y. */
  readonly omitX: number;
  readonly omitY: number;
  /** The share of training digits that are shifted by up to one pixel, anew in each epoch. */
  readonly shift: number;
  /** How many steps the average of the weights remembers, 1 − 1/n; 0 for the last weights. */
  readonly averaging: number;
  /** What the KL is multiplied with. */
  readonly beta: number;
  /** The hybrid's α, and the bound's number of samples. */
  readonly alpha: number;
  readonly k: number;
  /** What weights are chosen by, but for NN and GSNN, which have one way only. */
  readonly by: 'importanceSampling' | 'monteCarlo';
  /** Samples of the estimates: to choose weights by, and of the test. */
  readonly chooseBy: number;
  readonly samples: number;
}

/** The settings of a cell: the plain protocol, but for what is given. */
export const settingsOf = (given: Partial<Settings> = {}): Settings => {
  const { model = 'cvae' } = given;
  return {
    quadrants: 1,
    model,
    targets: 'grey',
    seed: 1,
    form: 'whole',
    network: 'mlp',
    wide: 16,
    narrow: 32,
    blocks: 1,
    hidden: 1000,
    latent: 200,
    batch: 100,
    learningRate: model === 'nn' ? 1e-3 : 5e-4,
    schedule: 'constant',
    epochs: 60,
    patience: 9,
    weightDecay: 0,
    freeBits: 0,
    warmUp: 0,
    dropout: 0,
    omitX: 0,
    omitY: 0,
    shift: 0,
    averaging: 0,
    beta: 1,
    alpha: 0.5,
    k: 10,
    by: 'importanceSampling',
    chooseBy: 10,
    samples: 100,
    ...given,
  };
};

/** Whether a cell is of the plain protocol: but for its seed, its form, and when it was stopped. */
export const isPlain = (settings: Settings): boolean => {
  const { quadrants, model, targets, seed, form, epochs } = settings;
  return nameOf(settings) === nameOf(settingsOf({ quadrants, model, targets, seed, form, epochs }));
};

/** A cell's name in the tables, which contains what distinguishes it from the plain protocol. */
export const nameOf = (settings: Settings): string => [...headOf(settings), ...changesOf(settings)].join('-');

/**
 * The name of a cell's files: quadrants, model, targets, seed, and 8 hexadecimal digits (SHA-256) of what differs from the plain
 * protocol, if anything does. A setting that is added later with a plain value leaves the names of older cells as they are.
 */
export const fileOf = (settings: Settings): string => {
  const changes = changesOf(settings);
  if (changes.length === 0) return headOf(settings).join('-');
  const hash = createHash('sha256').update(changes.toSorted().join('\n')).digest('hex');
  return [...headOf(settings), hash.slice(0, 8)].join('-');
};

const headOf = ({ quadrants, model, targets, seed }: Settings): readonly string[] => [
  `${quadrants}q`,
  model,
  targets,
  `seed${seed}`,
];

/** The settings that differ from the plain protocol, as `key-value`. */
const changesOf = (settings: Settings): readonly string[] => {
  const { quadrants, model, targets, seed } = settings;
  const plain = new Map<string, unknown>(Object.entries(settingsOf({ quadrants, model, targets, seed })));
  return Object.entries(settings).flatMap(([key, value]) => (plain.get(key) === value ? [] : [`${key}-${value}`]));
};

/**
 * What did best on validation images (RESULTS.md, "What was tried"): the missing pixels alone, which are fewer weights; every second
 * digit shifted by up to a pixel; a learning rate that falls to 0, so that the last weights are the ones to keep.
 */
const BETTER = {
  form: 'missing',
  learningRate: 7e-4,
  schedule: 'cosine',
  shift: 0.5,
} as const satisfies Partial<Settings>;

/** Epochs of the better cells by quadrants: their learning rate falls over all of them, so that they are not stopped early. */
const EPOCHS = { 1: 60, 2: 36, 3: 30 } as const;

/** The better settings of a cell. */
export const betterOf = (quadrants: Quadrants, given: Partial<Settings> = {}): Settings =>
  settingsOf({ quadrants, epochs: EPOCHS[quadrants], patience: EPOCHS[quadrants], ...BETTER, ...given });

/** The better settings with residual convolutions in place of wide dense layers: fewer weights, and as many steps. */
export const convolutionalOf = (quadrants: Quadrants, given: Partial<Settings> = {}): Settings =>
  betterOf(quadrants, { network: 'conv', hidden: 256, latent: 32, learningRate: 1e-3, ...given });

/**
 * What did best by Monte Carlo: a KL that costs more, so that a hundred draws from the prior meet the posterior, and networks that see
 * less. Digits are not shifted: that makes the prior wider.
 */
const FOR_MONTE_CARLO = {
  form: 'missing',
  batch: 200,
  learningRate: 1.2e-3,
  schedule: 'cosine',
  epochs: 36,
  patience: 36,
  dropout: 0.1,
  omitX: 0.1,
  omitY: 0.1,
  by: 'monteCarlo',
  chooseBy: 100,
} as const satisfies Partial<Settings>;

/** The NN of the missing pixels alone, in larger steps: the same task with fewer weights. */
const QUICK = {
  form: 'missing',
  batch: 400,
  learningRate: 2e-3,
  averaging: 500,
  patience: 6,
} as const satisfies Partial<Settings>;

/** The table that is asked for: each cell once, three seeds for the CVAE of one quadrant, and the better settings. */
export const TABLE: readonly Settings[] = [
  settingsOf({ model: 'nn' }),
  settingsOf({ quadrants: 2, model: 'nn', ...QUICK }),
  settingsOf({ quadrants: 3, model: 'nn', ...QUICK }),
  ...([1, 2] as const).map((quadrants) => settingsOf({ quadrants, form: 'missing' })),
  settingsOf({ quadrants: 3 }),
  ...([1, 2, 3] as const).map((quadrants) => betterOf(quadrants)),
  ...([2, 4] as const).map((beta) => settingsOf({ ...FOR_MONTE_CARLO, beta })),
  settingsOf({ quadrants: 2, ...FOR_MONTE_CARLO, beta: 1.2 }),
  ...(['gsnn', 'hybrid'] as const).map((model) => settingsOf({ model, form: 'missing' })),
  // A step decodes each example ten times.
  settingsOf({ model: 'iwae', form: 'missing', epochs: 18 }),
  ...[2, 3].map((seed) => settingsOf({ seed, form: 'missing' })),
  ...(['nn', 'cvae'] as const).map((model) => settingsOf({ model, targets: 'binary', form: 'missing' })),
];
