/** A row of numbers for one, two and three quadrants. */
export interface Row {
  readonly of: string;
  readonly nats: readonly [number, number, number];
}

/** −log p(y|x) in nats by others: the paper's table as it is commonly quoted, Pyro's example, a plain PyTorch run of this protocol. */
export const PUBLISHED = {
  nn: { of: 'NN, paper', nats: [99.75, 62.18, 25.99] },
  nnPyro: { of: 'NN, Pyro', nats: [100.4, 61.9, 25.4] },
  gsnn: { of: 'GSNN (Monte Carlo), paper', nats: [99.82, 62.41, 26.29] },
  monteCarlo: { of: 'CVAE (Monte Carlo), paper', nats: [68.39, 45.34, 20.96] },
  importance: { of: 'CVAE (importance sampling), paper', nats: [63.91, 44.73, 20.95] },
  boundPyro: { of: 'CVAE (−ELBO), Pyro', nats: [71.8, 51.0, 24.2] },
  nnPlain: { of: 'NN, plain PyTorch', nats: [98.2, 61.1, 25.4] },
  importancePlain: { of: 'CVAE (importance sampling), plain PyTorch', nats: [63.9, 44.9, 20.4] },
  monteCarloPlain: { of: 'CVAE (Monte Carlo), plain PyTorch', nats: [80.3, 49.0, 21.0] },
  boundPlain: { of: 'CVAE (−ELBO), plain PyTorch', nats: [67.2, 47.6, 21.6] },
} as const satisfies Readonly<Record<string, Row>>;

/** What was aimed at: the predictor at most, the CVAE by importance sampling at most, and better. */
export const AIMS = {
  nn: [98.8, 61.6, 25.6],
  importance: [63.9, 44.9, 20.5],
  better: [62.0, 43.7, 20.0],
  convolutional: [60.0, 42.0, 19.2],
} as const;

/** How far Monte Carlo may lie above importance sampling for its row to say the same, in nats. */
export const MONTE_CARLO_GAP = 3;
