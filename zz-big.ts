import { categorical, concat, conv2d, convTranspose2d, dense, relu, flatten, reshape, cvae, bernoulli, gaussian, mlp } from '/work/wt/data/src/index.ts';
import { imageFolder, flip } from '/work/wt/data/src/data/index.ts';
import { train } from '/work/wt/data/src/train/index.ts';
const model = cvae({
  condition: { label: categorical('disc', 'square') },
  target: bernoulli(64, 64, 3), latent: 8,
  recognition: ({ y, label }) => concat(y.pipe(conv2d(8, { kernel: 4, stride: 4 }), relu, conv2d(16, { stride: 2 }), relu, flatten), label).pipe(mlp([32]), gaussian(8)),
  decoder: ({ z, label }) => concat(z, label).pipe(mlp([128]), dense(1024), relu, reshape(8, 8, 16), convTranspose2d(8, { stride: 2 }), relu, convTranspose2d(3, { kernel: 4, stride: 4 })),
});
const t = Date.now(); const say = (what: string) => console.log(((Date.now() - t) / 1000).toFixed(1), what, (process.memoryUsage().rss / 1e6).toFixed(0), 'MB now', (process.resourceUsage().maxRSS / 1e3).toFixed(0), 'MB peak');
const data = await imageFolder('/tmp/data/pictures');
say(`read ${data.train.count}`);
const steps = Number(process.argv[2] ?? 300);
const { weights } = await train(model, data, { steps, batch: 128, learningRate: 1e-3, engine: "onnx", validation: 0.01, augment: [flip()], epochs: 1, onProgress: (p) => { if (p.step % 20 === 0) say(`step ${p.step} of ${p.steps}`); }, onNotice: console.log });
say(`trained ${weights.size}`);
