import type { Draws } from '../distribution-data.ts';
import { eachOf } from './each-of.ts';

/** The quantile of the noise: mean ± b·ln(2·tail). */
export const drawer: Draws['drawer'] = ({ scale = 1 }, { y, scale: learned }) => {
  const fixed = eachOf(scale);
  return (at, j, noise) => {
    const tail = Math.max(noise < 0.5 ? noise : 1 - noise, 2 ** -25);
    const away = (learned?.[at] ?? fixed(j)) * Math.log(2 * tail);
    return (y[at] ?? 0) + (noise < 0.5 ? away : -away);
  };
};
