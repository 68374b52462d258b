// How parameters follow gradients: Kingma and Ba 2015, Loshchilov and Hutter 2019, Polyak's momentum as in PyTorch.

export interface Optimiser {
  /** The next value of one number from its gradient, at step t from 1; `kept` is what is remembered of it. */
  readonly next: (value: number, g: number, rate: number, t: number, kept: number[]) => number;
  readonly clip?: number;
}

interface Adam {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

export const adam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: Adam = {}): Optimiser => ({
  next: (value, g, rate, t, kept) => {
    const m = beta1 * (kept[0] ?? 0) + (1 - beta1) * g;
    const v = beta2 * (kept[1] ?? 0) + (1 - beta2) * g * g;
    kept.splice(0, 2, m, v);
    return value - (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  },
});

export const adamW = ({ decay = 0.01, ...options }: Adam & { readonly decay?: number } = {}): Optimiser => ({
  next: (value, g, rate, t, kept) => adam(options).next(value * (1 - rate * decay), g, rate, t, kept),
});

export const sgd = ({ momentum = 0 }: { readonly momentum?: number } = {}): Optimiser => ({
  next: (value, g, rate, _, kept) => {
    const v = momentum * (kept[0] ?? 0) + g;
    kept.splice(0, 1, v);
    return value - rate * v;
  },
});

export const clipped = (optimiser: Optimiser, norm: number): Optimiser => ({ ...optimiser, clip: norm });
