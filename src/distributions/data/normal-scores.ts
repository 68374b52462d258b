import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Columns of numbers as they are, by their quantiles. The file `draw` draws them. */
export const normalScoresData: DistributionData = {
  title: 'normal scores',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: () => 'expected the file draw.onnx, which draws from normal scores, got none',
  describe: meansText,
};
