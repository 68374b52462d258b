// What a first model was, and what it is by default today: node research/first-models/run.mjs fashion | weather seattle-weather.csv
import { createJiti } from 'jiti';

const [, , what, file] = process.argv;
const jiti = createJiti(import.meta.url);
if (what === 'fashion') await (await jiti.import('./fashion.ts')).fashion();
else if (what === 'weather' && file) await (await jiti.import('./weather.ts')).weather(file);
else {
  console.error('run.mjs: expected fashion, or weather and the path of seattle-weather.csv of vega-datasets');
  process.exitCode = 2;
}
