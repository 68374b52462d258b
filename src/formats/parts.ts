/** All parts, in the order in which they are listed. */
export const PARTS = [
  'decoder',
  'start',
  'step',
  'prior',
  'baseline',
  'sampler',
  'recognition',
  'predictor',
  'draw',
  'evaluation',
] as const;
