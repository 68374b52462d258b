import {
  abs,
  add,
  at,
  attention,
  avgPool1d,
  clip,
  concat,
  concatAt,
  constant,
  continuous,
  conv1d,
  conv2d,
  cos,
  crop2d,
  cvae,
  dense,
  each,
  expand,
  flatten,
  gaussian,
  groupNorm,
  gru,
  image,
  instanceNorm,
  log1p,
  lstm,
  matMul,
  maximum,
  maxPool1d,
  minimum,
  mul,
  normal,
  pad2d,
  permute,
  pixelShuffle,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  resize2d,
  sign,
  sin,
  sliceAt,
  square,
  stack,
  tanh,
  upsample1d,
  where,
} from 'cvae-compile';
import { elbo, type TrainOptions } from 'cvae-compile/train';

export default cvae({
  condition: { s: continuous(6, 4), p: image(5, 4, 2) },
  target: normal(4, 3),
  latent: 2,
  recognition: ({ y, s, p }) => {
    const a = s.pipe(gru(3), lstm(2, { reverse: true }), attention({ heads: 2, causal: true }));
    const b = s.pipe(
      conv1d(4, { kernel: 3, dilation: 2, groups: 2 }),
      maxPool1d({ size: 3, stride: 2, padding: 'same' }),
      groupNorm(2),
      lstm(3, { last: true }),
    );
    const c = s.pipe(
      conv1d(2, { kernel: 2, stride: 2, padding: 'valid' }),
      instanceNorm,
      gru(2, { last: true, reverse: true }),
    );
    const d = p.pipe(pad2d(1), conv2d(4), pixelShuffle(2), crop2d(1), resize2d(3, 5), instanceNorm, flatten, dense(3));
    const e = p.pipe(resize2d(7, 3, { mode: 'nearest' }), permute(2, 0, 1), reduceMean(1), reduceSum(0));
    const f = y.pipe(
      each(dense(3), tanh),
      avgPool1d({ size: 2, stride: 1 }),
      upsample1d(2),
      permute(1, 0),
      sliceAt(1)(1, 4),
      at(1),
    );
    return concat(flatten(a), b, c, d, e, f).pipe(tanh, gaussian(2));
  },
  decoder: ({ z, s, p }) => {
    const m = matMul(s, s.pipe(permute(1, 0)));
    const k = add(
      m,
      constant(
        [6, 6],
        [
          0, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0.5, 7.5, 3.5, 10.5, 6.5, 2.5, 9.5, 5.5, 1.5, 8.5, 4.5, 0.7, 7.7, 3.7, 10.7,
          6.7, 2.7, 9.7, 5.7, 1.7, 8.7, 4.7, 0.9, 7.9, 3.9,
        ],
      ),
    ).pipe(reduceMax(1));
    const t = tanh(concat(k, z));
    const u = concat(
      abs(t),
      sin(t),
      cos(t),
      mul(sign(t), t),
      log1p(square(t)),
      clip(-0.5, 0.4)(t),
      maximum(t, 0.3),
      minimum(t, 0.2),
      where(relu(t), t, 0.25),
      where(t, 0.5, t),
    );
    const st = concatAt(0)(stack(z, square(z)), z.pipe(expand(2)));
    const w = st.pipe(each(dense(3)), attention({}), attention({ causal: true }));
    return add(u.pipe(dense(12), reshape(4, 3)), add(w, p.pipe(flatten, dense(3))));
  },
});
export const training: TrainOptions = { objective: elbo() };
