// Says which days are unusual, and for which month each would be likeliest: node examples/anomaly/find.mjs out/weather/asked
import { open } from 'cvae-compile/runtime';

const [, , folder = 'out/weather/asked'] = process.argv;
const model = await open(folder);
const days = [
  { month: 'Jan', sky: 'cloudy', rain: 0, temperature: [-3.1, 4.2] },
  { month: 'Jul', sky: 'clear', rain: 0, temperature: [-8, -2] },
  { month: 'Jul', sky: 'clear', rain: 0, temperature: [10.7, 24] },
];
const months = model.signature.conditions.month.classes;
for (const day of days) {
  const { values, standardErrors } = await model.logLikelihood(day, { samples: 500 });
  // The same day in every month: what is given once applies to all.
  const { values: each } = await model.logLikelihood({ ...day, month: months }, { samples: 500 });
  const likeliest = months[each.indexOf(Math.max(...each))];
  console.log(
    `${day.month}: ${values[0].toFixed(1)} ± ${standardErrors[0].toFixed(1)} nats; likeliest in ${likeliest}`,
  );
}
await model.close();
