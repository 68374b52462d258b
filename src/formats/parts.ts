/** All parts, in the order in which they are listed. */
export const PARTS = [
  'decoder',
  'prior',
  'baseline',
  'sampler',
  'recognition',
  'predictor',
  'draw',
  'evaluation',
] as const;
