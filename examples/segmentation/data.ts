import { categorical, image } from 'cvae-compile';
import {
  changeParts,
  digits,
  normals,
  stream,
  uniforms,
  withTransform,
  type Column,
  type Dataset,
  type Moment,
  type Transform,
} from 'cvae-compile/data';

/** The side of a picture. */
export const SIDE = 28;
/** The side of the square that hides what lies under it. */
export const HIDDEN = 14;
/** How grey paper is, how far ink stands out from it, and the standard deviation of the noise. */
const [PAPER, CONTRAST, SIGMA] = [0.25, 0.5, 0.25];

/** A photograph of a digit: faint, noisy, and with a square of it lost. */
export const x = image(SIDE, SIDE, 1);

/** Paper (0) or ink (1), for each pixel. */
export const classes = categorical(2, { at: [SIDE, SIDE] });

/** Where the lost square of an example begins: not at the border, so that there is some ink under it. */
export const hiddenAt = ({ seed, epoch, index }: Moment): readonly [top: number, left: number] => {
  const [u = 0, v = 0] = uniforms(stream(seed, 'hidden', epoch), 1, 2, index);
  const place = (w: number) => 3 + Math.floor(w * (SIDE - HIDDEN - 5));
  return [place(u), place(v)];
};

/** Loses a square and adds noise, anew in each epoch: a function of the moment and the example only. */
const photograph: Transform = ({ x }, moment) => {
  if (!x) return;
  const { seed, epoch, index } = moment;
  const noise = normals(stream(seed, 'noise', epoch), 1, x.length, index);
  const within = (at: number, from: number) => at >= from && at < from + HIDDEN;
  const [top, left] = hiddenAt(moment);
  for (let i = 0; i < x.length; i++) {
    const lost = within(Math.floor(i / SIDE), top) && within(i % SIDE, left);
    const value = PAPER + (lost ? 0 : CONTRAST * (x[i] ?? 0)) + SIGMA * (noise[i] ?? 0);
    x[i] = Math.min(1, Math.max(0, value));
  }
};

/** The digits that come with the package: photographs as x, where the ink really is as y. */
export const data = async (): Promise<Dataset> =>
  changeParts(await digits(), (examples) => {
    const { y } = examples.columns;
    if (!y) throw new Error('digits without y');
    const ink = Uint8Array.from(y.data, (value) => Number(value * y.scale > 0.5));
    const truth: Column = { shape: [SIDE, SIDE], data: ink, scale: 1 };
    const seen: Column = { shape: [SIDE, SIDE, 1], data: y.data, scale: y.scale };
    return withTransform({ ...examples, columns: { x: seen, y: truth } }, photograph);
  });
