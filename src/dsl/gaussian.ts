import type { Tensor } from './tensor.ts';

/** A Gaussian whose L dimensions are independent: what a prior and a recognition network give. `logVar` is log σ². */
export interface Gaussian<L extends number = number> {
  readonly mean: Tensor<[L]>;
  readonly logVar: Tensor<[L]>;
}
