import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { cvae, dense, gaussian, normal, relu } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { describeFile, describeFolder } from '../../src/cli/files.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { cli, SMALL, temporary } from './support/cli.ts';

const folder = temporary();
const model = join(folder, 'model.ts');
const onnx = join(folder, 'onnx');
beforeAll(async () => {
  writeFileSync(model, SMALL);
  await cli('train', model, '--out', folder, '--epochs', '1');
  expect(await cli('export', model, '--weights', folder, '--out', onnx)).toMatchObject({ code: 0 });
});

test('a definition is shown layer by layer', async () => {
  const { code, out, err } = await cli('inspect', model);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const decoder = out.slice(out.indexOf('decoder: '));
  expect(decoder).toMatchInlineSnapshot(`
    "decoder: z [2], kind [2] → logits [4, 4, 1]
    layer              op       shape      parameters  bytes
    decoder/concat_1   concat   [4]
    decoder/dense_1    dense    [8]                40    160
    decoder/relu_1     relu     [8]
    decoder/dense_2    dense    [16]              144    576
    decoder/reshape_1  reshape  [4, 4, 1]
    total                                         184    736

    404 parameters, 1.6 kB
    "
  `);
  expect(out).toContain('conditions: kind categorical [2]\ntarget: bernoulli [4, 4, 1]\nlatent: 2\n');
});

test('a definition as JSON', async () => {
  const { out } = await cli('inspect', model, '--json');
  const report = JSON.parse(out);
  expect(report).toMatchObject({ of: 'definition', model: 'cvae', latent: 2, parameters: 404, bytes: 1616 });
  expect(report.networks.map(({ name }: { name: string }) => name)).toEqual(['prior', 'recognition', 'decoder']);
  expect(report.networks[0].layers[0]).toEqual({
    name: 'prior/dense_1',
    op: 'dense',
    shape: [4],
    parameters: 12,
    bytes: 48,
  });
});

test('a network that others call is one line in theirs', async () => {
  const { out } = await cli('inspect', join(import.meta.dirname, '../../examples/completion/model.ts'));
  const prior = out.slice(out.indexOf('prior: '), out.indexOf('recognition: '));
  expect(prior).toMatch(/^baseline +network +\[28, 28, 1\] +826,369 +3,305,476\nprior\/sigmoid_1/m);
  expect(prior).not.toContain('baseline/');
  const counts = [...prior.matchAll(/([\d,]+) +[\d,]+$/gm)].map(([, count = '']) => Number(count.replaceAll(',', '')));
  const total = counts.pop();
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
});

test('a network that is called again and again is listed once, and its parameters are counted once', async () => {
  const unrolled = join(folder, 'unrolled.ts');
  writeFileSync(
    unrolled,
    `import { concat, continuous, cvae, dense, flatten, gaussian, network, normal, stack, tanh } from 'cvae-compile';
const cell = network('cell', { x: continuous(2), h: continuous(3) }, ({ x, h }) => concat(x, h).pipe(dense(3), tanh));
export default cvae({
  condition: {},
  target: normal(4, 3),
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z }) => {
    const first = cell({ x: z, h: z.pipe(dense(3)) });
    const second = cell({ x: z, h: first });
    const third = cell({ x: z, h: second });
    return stack(first, second, third, cell({ x: z, h: third }));
  },
});
`,
  );
  const { out, err, code } = await cli('inspect', unrolled);
  expect(code, err).toBe(0);
  expect(out.slice(out.indexOf('decoder: '))).toMatchInlineSnapshot(`
    "decoder: z [2] → mean [4, 3]
    layer             op       shape   parameters  bytes
    decoder/dense_1   dense    [3]              9     36
    cell/concat_1     concat   [5]
    cell/dense_1      dense    [3]             18     72
    cell/tanh_1       tanh     [3]
    cell#2 to cell#4  network  [3]
    decoder/stack_1   stack    [4, 3]
    total                                      27    108

    79 parameters, 316 B
    "
  `);
});

test('layers that differ in their number alone are one line', async () => {
  const definition = join(folder, 'entries.ts');
  writeFileSync(
    definition,
    `import { at, concat, cvae, dense, gaussian, normal, reshape } from 'cvae-compile';
export default cvae({
  condition: {},
  target: normal(12, 2),
  latent: 2,
  recognition: ({ y }) => {
    const [first, ...rest] = Array.from({ length: 12 }, (_, i) => at(i)(y));
    return concat(first!, ...rest).pipe(gaussian(2));
  },
  decoder: ({ z }) => z.pipe(dense(24), reshape(12, 2)),
});
`,
  );
  const { out, err, code } = await cli('inspect', definition);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^recognition\/at_1 to recognition\/at_12 +at +\[2\]$/m);
  expect(out).not.toMatch(/^recognition\/at_[2-9] /m);
});

test('a folder is shown file by file, with the sizes on the disk', async () => {
  const { code, out } = await cli('inspect', onnx);
  expect(code).toBe(0);
  const bytes = readFileSync(join(onnx, 'decoder.onnx')).length.toLocaleString('en-US');
  expect(out).toMatch(
    new RegExp(`^decoder\\.onnx +z \\[N, 2\\], kind \\[N, 2\\] +y \\[N, 4, 4, 1\\] +\\d+ +184 +${bytes}$`, 'm'),
  );
  expect(out).toMatch(/^prior\.onnx +kind \[N, 2\] +mean \[N, 2\], logVar \[N, 2\] /m);
  const { files, of } = JSON.parse((await cli('inspect', onnx, '--json')).out);
  expect(of).toBe('folder');
  expect(files.map(({ name }: { name: string }) => name)).toEqual(['decoder.onnx', 'prior.onnx']);
});

test('a file is shown node by node; its parameters are those of its layers', async () => {
  const { code, out } = await cli('inspect', join(onnx, 'decoder.onnx'));
  expect(code).toBe(0);
  expect(out).toMatch(/^decoder\/dense_1\/\S+ +Gemm +\[N, 8\] +40 +160$/m);
  expect(out).toMatch(/^part: decoder$/m);
  const report = JSON.parse((await cli('inspect', join(onnx, 'decoder.onnx'), '--json')).out);
  expect(report).toMatchObject({ of: 'file', part: 'decoder', opset: 18, parameters: 184 });
});

test('steps are shown with the layers of a step', async () => {
  const { code, out } = await cli('inspect', fileURLToPath(new URL('../../examples/names/model.ts', import.meta.url)));
  expect(code).toBe(0);
  const decoder = out.slice(out.indexOf('decoder: '));
  expect(decoder).toMatchInlineSnapshot(`
    "decoder: z [8], of [2], y [14, 27] → logits [14, 27]
    layer                       op        shape     parameters    bytes
    decoder/steps_1/reshape_2   reshape   [1, 27]
    decoder/steps_1/sliceAt_1   sliceAt   [13, 27]
    decoder/steps_1/concatAt_1  concatAt  [14, 27]
    decoder/concat_1            concat    [10]
    decoder/dense_1             dense     [128]          1,408    5,632
    decoder/steps_1             steps     [14, 27]
    decoder/steps_1/concat_1    concat    [37]
    decoder/steps_1/reshape_1   reshape   [1, 37]
    decoder/steps_1/gru_1       gru       [128]         64,128  256,512
    decoder/steps_1/dense_1     dense     [27]           3,483   13,932
    total                                               69,019  276,076

    131,403 parameters, 525.6 kB
    "
  `);
});

test.each(['float16', 'int8', 'int4'] as const)(
  'weights in %s are as many parameters as in float32',
  async (precision) => {
    const definition = cvae({
      condition: {},
      target: normal(70),
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder: ({ z }) => z.pipe(dense(65), relu, dense(70)),
    });
    const weights = trainedWeights(definition);
    const out = join(folder, precision);
    const y = Array.from({ length: 20 }, (_, i) => Array.from({ length: 70 }, (__, j) => Math.sin(i + j)));
    await exportModel(definition, weights, { out, precision, measureOn: { y }, atMost: 1e9 });
    const { sections, parameters, bytes } = await describeFolder(out);
    // 2·65 + 65 and 65·70 + 70.
    expect(parameters).toBe(4815);
    expect(sections[0]?.layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(4815);
    expect(bytes).toBeLessThan(4 * 4815);
    const file = await describeFile(join(out, 'decoder.onnx'));
    expect(file.parameters).toBe(4815);
  },
);

test('several targets are shown one by one, in a definition and in its files', async () => {
  const path = fileURLToPath(new URL('../../examples/weather/model.ts', import.meta.url));
  const { out } = await cli('inspect', path);
  const line = 'targets: rain zeroInflated [1], temperature normal [2], sky categorical [3]\n';
  expect(out).toContain(line);
  const { default: weather } = await import('../../examples/weather/model.ts');
  const own = join(folder, 'weather');
  await exportModel(weather, trainedWeights(weather), { out: own });
  expect((await cli('inspect', own)).out).toContain(line);
  const { target } = JSON.parse((await cli('inspect', own, '--json')).out);
  expect(target).toMatchObject({
    distribution: 'record',
    targets: { temperature: { distribution: 'normal', shape: [2] } },
  });
});

test('a likelihood of your own has its name, and parameters are counted as in the record of a run', async () => {
  const path = join(folder, 'own.ts');
  writeFileSync(
    path,
    `import { concat, continuous, cvae, dense, distribution, gaussian, square, sub } from 'cvae-compile';
    const target = distribution('gumbel', [3], {
      parameters: { location: [3] },
      mean: ({ location }) => location,
      nll: ({ location }, y) => square(sub(y, location)),
    });
    export default cvae({
      condition: { x: continuous(4) },
      target,
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder: ({ z, x }) => concat(z, x).pipe(dense(3)),
    });
    export const data = () => Array.from({ length: 32 }, (_, i) => ({ x: [i, 0, 1, 2], y: [i, 1, 2] }));
    `,
  );
  const { out } = await cli('inspect', path);
  expect(out).toContain('target: gumbel [3]\n');
  const run = join(folder, 'own');
  expect(await cli('train', path, '--out', run, '--epochs', '1')).toMatchObject({ code: 0 });
  const { model: recorded } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  expect(out).toContain(`\n${recorded.parameters} parameters`);
});

test('many inputs and outputs are below the sizes, on lines that fit a terminal', async () => {
  const whole = join(folder, 'whole');
  expect(await cli('export', model, '--weights', folder, '--out', whole, '--evaluation')).toMatchObject({ code: 0 });
  const { out } = await cli('inspect', whole);
  expect(out).toMatch(/^file +nodes +parameters +bytes$/m);
  expect(out).toMatch(/^evaluation\.onnx\n {2}inputs {3}y \[N, 4, 4, 1\], kind \[N, 2\], .*\n {2}outputs {2}import/m);
  const lines = out.split('\n').filter((line) => !line.startsWith('fingerprint'));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(out).toMatch(/, kl \[N\],/);
});
