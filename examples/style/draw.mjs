// Draws an example's style in all ten digits, as text: node examples/style/draw.mjs out/digits/asked 4
import { readFileSync } from 'node:fs';
import { open } from 'cvae-compile/runtime';

const [, , folder = 'out/digits/asked', number = '4'] = process.argv;
const { examples } = JSON.parse(readFileSync(`${folder}/examples.json`, 'utf8'));
const { conditions, target } = examples[Number(number)];
const model = await open(folder);
const digits = Array.from({ length: 10 }, (_, digit) => digit);
// z of the example stays, its condition changes.
const styles = await model.reconstruct({ ...conditions, y: target }, { as: { digit: digits } });
const { width, height, data } = styles.grid(10);
for (let y = 0; y < height; y += 2)
  console.log(Array.from({ length: width }, (_, x) => ' .:*#'[Math.floor(data[y * width + x] / 52)]).join(''));
await model.close();
