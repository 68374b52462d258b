import { categorical, image } from 'cvae-compile';
import { digits, withTransform, changeParts, type Column, type Dataset, type Transform } from 'cvae-compile/data';

/** A digit in noise. */
export const x = image(28, 28, 1);

/** Paper or ink, for each pixel. */
export const classes = categorical(2, { at: [28, 28] });

/** Where the ink is, from a digit half as bright in noise that is drawn anew in each epoch. */
export const data = async (): Promise<Dataset> =>
  changeParts(await digits(), (examples) => {
    const { y } = examples.columns;
    if (!y) throw new Error('digits without y');
    const ink = Uint8Array.from(y.data, (value) => Number(value * y.scale > 0.5));
    const mask: Column = { shape: [28, 28], data: ink, scale: 1 };
    const seen: Column = { shape: [28, 28, 1], data: y.data, scale: y.scale / 2 };
    return withTransform({ ...examples, columns: { x: seen, y: mask } }, blur);
  });

/** Adds uniform noise: a function of the moment and the pixel only, so that a resumed run sees the same. */
const blur: Transform = ({ x }, { seed, epoch, index }) => {
  if (!x) return;
  let state = (seed * 7919 + epoch * 104729 + index * 1299709) >>> 0;
  for (let i = 0; i < x.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    x[i] = (x[i] ?? 0) + state / 2 ** 33;
  }
};
