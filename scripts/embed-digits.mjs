// Builds assets/digits from the whole of MNIST: `node scripts/embed-digits.mjs` (after `npm run build`; MNIST comes from
// CVAE_DATA, the cache or a mirror). The choice depends on SEED alone, the bytes also on the version of brotli.
import { mkdirSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { encodeIdx } from '../dist/data/idx.js';
import { IDX_FILES } from '../dist/data/images.js';
import { mnist } from '../dist/data/mnist.js';
import { permutation, stream } from '../dist/random.js';

const SEED = 1;
const COUNTS = { train: 12_000, test: 2_000 };
const LIMIT = 2_000_000;
const folder = new URL('../assets/digits/', import.meta.url);

/** Chooses the same number of examples of each class, drawn with the random seed, in the order 0, 1, …, 9, 0, 1, … */
const choose = (labels, count, part) => {
  const classes = Array.from({ length: 10 }, () => []);
  for (const i of permutation(labels.length, stream(SEED, 'embed', part))) classes[labels[i]].push(i);
  return Array.from({ length: count }, (_, i) => classes[i % 10][Math.floor(i / 10)]);
};

const compress = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

const data = await mnist();
let total = 0;
mkdirSync(folder, { recursive: true });
for (const part of ['train', 'test']) {
  const { digit, y } = data[part].columns;
  const chosen = choose(digit.data, COUNTS[part], part);
  const images = Buffer.concat(chosen.map((i) => y.data.subarray(i * 784, (i + 1) * 784)));
  const labels = Uint8Array.from(chosen, (i) => digit.data[i]);
  for (const [name, idx] of [
    [IDX_FILES[part][0], encodeIdx([chosen.length, 28, 28], images)],
    [IDX_FILES[part][1], encodeIdx([chosen.length], labels)],
  ]) {
    const bytes = compress(idx);
    writeFileSync(new URL(`${name}.br`, folder), bytes);
    console.error(`${name}.br: ${bytes.length} bytes, ${(bytes.length / chosen.length).toFixed(1)} a digit`);
    total += bytes.length;
  }
}
if (total > LIMIT) throw new Error(`assets/digits: expected at most ${LIMIT} bytes, got ${total}; embed fewer`);
