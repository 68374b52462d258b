import { add, categorical, concat, cvae, dense, dropout, gaussian, log, normal, relu, softplus } from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

const WINDOW = 120;
const LATENT = 8;

/** How usual a window of a server's figures is, given the time: what was missing does not count (NetManAIOps/Bagel). */
export default cvae({
  condition: { minute: categorical(60), hour: categorical(24), weekday: categorical(7) },
  target: normal(WINDOW, { sigma: 'learned', mask: true }),
  latent: LATENT,
  recognition: ({ y, minute, hour, weekday }) =>
    concat(y, concat(minute, hour, weekday).pipe(dropout(0.1))).pipe(
      dense(100),
      relu,
      dense(100),
      relu,
      gaussian(LATENT),
    ),
  decoder: ({ z, minute, hour, weekday }) => {
    const h = concat(z, concat(minute, hour, weekday).pipe(dropout(0.1))).pipe(dense(100), relu, dense(100), relu);
    return { mean: h.pipe(dense(WINDOW)), logVar: log(add(h.pipe(dense(WINDOW), softplus), 1e-4)) };
  },
});

/** Invented load: a day's rise and fall, more on weekdays, with an hour that is missing from some windows. */
export const data = rows(25, (random) => {
  const [minute, hour, weekday] = [pick(random, 60), pick(random, 24), pick(random, 7)];
  const gap = random() < 0.3 ? pick(random, WINDOW - 60) : WINDOW;
  const y = list(WINDOW, (i) => {
    const day = (hour + (minute + i) / 60) / 24;
    return (weekday < 5 ? 2 : 1) * (1 - Math.cos(2 * Math.PI * day)) + 0.2 * random();
  });
  const mask = list(WINDOW, (i) => Number(i < gap || i >= gap + 60));
  return { minute, hour, weekday, y: y.map((value, i) => value * (mask[i] ?? 0)), mask };
});
