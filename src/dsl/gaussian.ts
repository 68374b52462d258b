import type { Tensor } from './tensor.ts';

/** A Gaussian with L independent dimensions, as returned by a prior and a recognition network. `logVar` is log σ². */
export interface Gaussian<L extends number = number> {
  readonly mean: Tensor<[L]>;
  readonly logVar: Tensor<[L]>;
}
