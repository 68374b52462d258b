import type { Draws } from '../distribution-data.ts';

/** The quantile of the noise, ln(1 + u·(e^l − 1))/l, without overflow. */
export const drawer: Draws['drawer'] =
  (_, { logOdds }) =>
  (at, __, u) => {
    const l = logOdds?.[at] ?? 0;
    if (Math.abs(l) < 1e-10) return u;
    const y = l > 0 ? 1 + Math.log(u + (1 - u) * Math.exp(-l)) / l : Math.log1p(u * Math.expm1(l)) / l;
    return Math.min(Math.max(y, 0), 1);
  };
