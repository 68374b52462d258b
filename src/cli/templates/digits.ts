import { basename, resolve } from 'node:path';
import { projectFiles, writeProject } from '../starter.ts';

/** Writes a new project into a folder, a model of the digits that come with this package. @throws InvalidFile as `writeProject` does. */
export const writeDigits = async (folder: string): Promise<readonly string[]> =>
  writeProject(
    folder,
    await projectFiles(folder, {
      definition: MODEL,
      sample: SAMPLE,
      readme: readme(basename(resolve(folder))),
    }),
  );

/** How the digits are sampled. */
export const SAMPLE = '--set digit=all --count 12 --seed 2 --temperature 0.6 --out out/digits.png';

/** The definition of a model of digits. */
export const MODEL = `import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
import { digits } from 'cvae-compile/data';
import type { TrainOptions } from 'cvae-compile/train';

/** Draws a digit of a given class. */
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});

/** The digits that come with cvae-compile. */
export const data = digits;

export const training: TrainOptions = { epochs: 35, learningRate: 0.005 };
`;

const readme = (name: string): string => `# ${name}

A conditional VAE, defined in [model.ts](model.ts).

    npm install
    npm start         # trains, exports, samples

leaves the weights in \`out/run\`, the ONNX files in \`out/model\`, and a picture of sampled digits in \`out/digits.png\`.

Training runs in onnxruntime, which is installed; \`npx cvae-compile doctor\` says what this machine trains and serves with.

What to try next: change a layer in \`model.ts\` and look at it with \`npx cvae-compile inspect model.ts\`; draw one digit with
\`npx cvae-compile sample out/model --set digit=7 --count 16 --temperature 0.6 --out out/sevens.png\`.
`;
