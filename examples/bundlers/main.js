// What every page here does: opens the model in model/, and shows sixteen sevens.
import { open, toRgba } from 'cvae-compile/runtime';

export async function show(options) {
  const model = await open('model/', options);
  const samples = await model.sample({ digit: 7 }, { count: 16, seed: 1 });
  const { width, height, data } = toRgba(samples.grid());
  const canvas = document.querySelector('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);
  document.title = `${model.backend.name}, ${(await model.selfTest()).passed ? 'proved' : 'wrong'}`;
}
