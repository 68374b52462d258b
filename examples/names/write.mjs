// Writes made-up names: node examples/names/write.mjs out/names/onnx 12
import { open } from 'cvae-compile/runtime';

const [, , folder = 'out/names/onnx', count = '12'] = process.argv;
const model = await open(folder);
for (const of of ['element', 'country']) {
  const { data, shape } = await model.sample({ of }, { count: Number(count), seed: 1, draw: true });
  const [rows, length] = shape;
  const words = Array.from({ length: rows }, (_, row) =>
    Array.from(
      data.subarray(row * length, (row + 1) * length),
      (letter) => 'abcdefghijklmnopqrstuvwxyz'[letter] ?? '',
    ).join(''),
  );
  console.log(`${of}: ${words.join(', ')}`);
}
await model.close();
