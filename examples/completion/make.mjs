// Writes the PNG files that README's commands complete: what is seen of some digits that no training has seen. They are
// MNIST's, CC BY-SA 3.0 (see assets/digits). After a build: node examples/completion/make.mjs
import { writeFileSync } from 'node:fs';
import { digits, quadrants } from 'cvae-compile/data';
import { encode } from 'fast-png';

const { x } = quadrants(1)(await digits()).test.columns;
const [height, width] = x.shape;
const folder = process.argv[2] ?? import.meta.dirname;
for (const [file, example] of Object.entries({ six: 6, three: 13, five: 5, seven: 37 })) {
  const data = x.data.slice(example * width * height, (example + 1) * width * height);
  writeFileSync(`${folder}/${file}.png`, encode({ width, height, channels: 1, data }));
}
