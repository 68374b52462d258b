/** What is measured: the data, what the model is given of them, and how it is built and trained. */
export interface Settings {
  readonly data: 'mnist' | 'fashion';
  /** The class, or nothing: an unconditional VAE. */
  readonly given: 'label' | 'nothing';
  /** Each pixel a coin of its grey value: thrown anew in each epoch of training, or once for all. */
  readonly coins: 'dynamic' | 'static';
  /** Dense layers, or convolutions with residual blocks. */
  readonly network: 'mlp' | 'conv';
  readonly seed: number;
  readonly latent: number;
  /** Units of each of the two hidden layers of an MLP; of the dense layer of convolutional networks. */
  readonly hidden: number;
  /** Channels at 14 × 14 and at 7 × 7, and residual blocks at each. */
  readonly channels: readonly [number, number];
  readonly blocks: number;
  /** The rate of dropout in the recognition network, of its dense layers. */
  readonly dropout: number;
  /** The samples of the bound that is trained: 1 for the ELBO. */
  readonly k: number;
  readonly batch: number;
  /** Falls along a cosine to 0 over `over` epochs, or all if that is 0, and in the last `finish` epochs linearly to 0 besides. */
  readonly learningRate: number;
  readonly over: number;
  readonly finish: number;
  readonly epochs: number;
  /** The epochs over which the KL's weight rises to 1. */
  readonly warmUp: number;
  /** How many steps the average of the weights remembers, 1 − 1/n; 0 for the last weights. */
  readonly averaging: number;
  /** Epochs between two looks at validation, which takes 10 samples of each image. */
  readonly every: number;
  /** Samples of the test. */
  readonly samples: number;
}

const PLAIN: Settings = {
  data: 'mnist',
  given: 'label',
  coins: 'dynamic',
  network: 'mlp',
  seed: 1,
  latent: 50,
  hidden: 500,
  channels: [32, 64],
  blocks: 1,
  dropout: 0,
  k: 1,
  batch: 100,
  learningRate: 1e-3,
  over: 0,
  finish: 0,
  epochs: 40,
  warmUp: 0,
  averaging: 0,
  every: 6,
  samples: 1000,
};

/** The settings of a cell: the plain ones, but for what is given. */
export const settingsOf = (given: Partial<Settings> = {}): Settings => ({ ...PLAIN, ...given });

/** The cells of RESULTS.md, by name: what is trained by which settings. */
export const CELLS: Readonly<Record<string, Settings>> = {
  'mnist-label-mlp': settingsOf({ epochs: 60, over: 120, finish: 20 }),
  'fashion-label-mlp': settingsOf({ data: 'fashion', epochs: 18 }),
  'mnist-static-mlp': settingsOf({ given: 'nothing', coins: 'static', dropout: 0.1, epochs: 100 }),
  'mnist-static-conv': settingsOf({
    given: 'nothing',
    coins: 'static',
    network: 'conv',
    latent: 32,
    hidden: 256,
    dropout: 0.2,
    warmUp: 10,
    averaging: 2000,
    epochs: 60,
  }),
};
