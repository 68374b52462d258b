// Writes weather.csv: a made-up record of three weather stations, by the formulas below and a seeded generator, so that
// anybody can make the same file again: node examples/table/make.mjs
import { writeFileSync } from 'node:fs';

const ROWS = 3000;

/** Mulberry32 (Tommy Ettinger, public domain): uniforms in [0, 1). */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const uniform = generator(20);
/** A standard normal (Box and Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

// Mean temperature of the year in °C, half of what lies between January and July, and the usual wind in km/h.
const STATIONS = {
  coast: { mean: 13, swing: 6, wind: 18 },
  valley: { mean: 9, swing: 10, wind: 7 },
  peak: { mean: -3, swing: 7, wind: 30 },
};

const row = () => {
  const names = Object.keys(STATIONS);
  const station = names[Math.floor(uniform() * names.length)];
  const { mean, swing, wind } = STATIONS[station];
  const day = 1 + Math.floor(uniform() * 365);
  const clouds = Math.floor(uniform() * 9); // eighths of the sky
  const summer = -Math.cos((2 * Math.PI * (day - 17)) / 365); // −1 in mid-January, 1 in mid-July
  // Clouds cool the day in summer and warm it in winter.
  const usual = mean + swing * summer - 0.5 * (clouds - 4) * summer;
  // On one day in five, in the valley, the foehn blows: warm, dry and strong. Nothing in the table says on which.
  const foehn = station === 'valley' && uniform() < 0.2;
  const temperature = usual + (foehn ? 7 : 0) + 2 * normal();
  const humidity = 55 + 4 * clouds - 0.6 * (temperature - usual) - (foehn ? 30 : 0) + 5 * normal();
  const speed = wind * Math.exp(0.35 * normal()) + (foehn ? 35 : 0);
  return [
    station,
    day,
    clouds,
    temperature.toFixed(1),
    Math.min(100, Math.max(5, humidity)).toFixed(0),
    speed.toFixed(1),
  ];
};

const rows = Array.from({ length: ROWS }, row);
const lines = [['station', 'day', 'clouds', 'temperature', 'humidity', 'wind'], ...rows];
const out = process.argv[2] ?? new URL('weather.csv', import.meta.url);
writeFileSync(out, lines.map((cells) => `${cells.join(',')}\n`).join(''));
