// Writes days.csv: made-up weather of a town, by the formulas below and a seeded generator, so that anybody can make the
// same file again: node examples/weather/make.mjs
import { writeFileSync } from 'node:fs';

const ROWS = 2000;

/** Mulberry32 (Tommy Ettinger, public domain): uniforms in [0, 1). */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const uniform = generator(21);
/** A standard normal (Box and Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const row = () => {
  const month = Math.floor(uniform() * 12);
  const summer = -Math.cos((2 * Math.PI * (month - 0.5)) / 12); // −1 in January, 1 in July
  // Of three days one and a half are clear in summer, and half a day is in winter.
  const clear = 0.33 + 0.17 * summer;
  const u = uniform();
  const sky = u < clear ? 'clear' : u < clear + 0.35 ? 'cloudy' : 'rain';
  // It rains on rainy days, little in winter and much in a summer's thunderstorm, and now and then on cloudy ones.
  const wet = sky === 'rain' || (sky === 'cloudy' && uniform() < 0.1);
  const rain = wet ? Math.max(0.1, Math.exp((sky === 'rain' ? 1.2 + 0.5 * summer : -1) + 0.8 * normal())) : 0;
  // Clear days are warm, and their nights cold.
  const low = 6 + 8 * summer + (sky === 'clear' ? -3 : 0) + 2 * normal();
  const high = low + (sky === 'clear' ? 12 : sky === 'cloudy' ? 7 : 4) + 1.5 * Math.abs(normal());
  return [MONTHS[month], sky, rain.toFixed(1), low.toFixed(1), high.toFixed(1)];
};

const rows = Array.from({ length: ROWS }, row);
const lines = [['month', 'sky', 'rain', 'low', 'high'], ...rows];
const out = process.argv[2] ?? new URL('days.csv', import.meta.url);
writeFileSync(out, lines.map((cells) => `${cells.join(',')}\n`).join(''));
