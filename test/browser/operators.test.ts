import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { inNode, inPage, type Answers, type Runner } from '../operators/engines.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';
import { operatorsOf, RANGES, tried, type Feeds, type Tried } from '../operators/graphs.ts';
import { softwareGpu } from './support/chromium.ts';
import { examples } from './support/models.ts';
import { PARITY, section, withSection } from './support/parity-page.ts';
import { mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';

// Every operator that a file may hold, with numbers of all sizes, on every engine that is available, against the reference. What is
// found is written to docs/parity.md with UPDATE=1, which is stale where a difference is ten times what it says. Where
// time is short, pages compute some of the files: a WebGPU in software takes a second for each.

const { visit } = browsing([], { gpu: true });
const page = async () => (await visit(mapped(''))).page;

/** Where onnxruntime runs. Node's WebGPU is there where a Chromium brings a software adapter along. */
const ENGINES: Readonly<Record<string, Runner>> = {
  Node: inNode('cpu'),
  ...(softwareGpu() && { 'Node, WebGPU': inNode('webgpu') }),
  'Chromium, WASM': inPage(page, 'wasm'),
  'Chromium, WebGPU': inPage(page, 'webgpu'),
};

/** onnxruntime's WebGPU returns no indices of maxima, which the gradient needs if windows overlap: there, models with it run but do not train. */
const UNTRAINED = new Set(['maxPool2d, of windows that overlap']);

/** The evaluation of a model whose log-weights are below −88, of which e^x is 0 in float32. */
const evaluated = async (): Promise<Tried> => {
  const model = await examples()['digits']?.();
  if (!model) throw new Error('there is no example digits');
  const { manifest, files } = compile(model, trainedWeights(model), { evaluationSamples: 10 });
  const [listed, file] = [manifest.files.evaluation, files.evaluation];
  if (!listed || !file) throw new Error('there is no evaluation');
  const feeds = realisticInputs(manifest, listed, 8);
  const { graph } = file.model;
  return {
    name: 'evaluation',
    graph,
    operators: operatorsOf(graph),
    feeds: { usual: feeds, small: feeds, large: feeds, offset: feeds },
  };
};

/** Numbers that float32 cannot hold are infinite there. */
const HELD = 3e38;

/** The largest |a − b| / (1 + |b|) of what was found, at each range, from the reference. */
const distances = ({ graph, feeds }: Tried, answers: Answers[number]): readonly number[] =>
  RANGES.map((range, run) => {
    const reference = evaluate(graph, tensors(feeds[range]));
    const all = Object.entries(reference).flatMap(([name, tensor]) => {
      const found = answers[run]?.[name];
      return Array.from(numbersOf(tensor), (b, i) => {
        const a = found?.[i] ?? NaN;
        if (!(Math.abs(b) < HELD)) return Number.isFinite(a) ? Infinity : 0;
        return Math.abs(a - b) / (1 + Math.abs(b));
      });
    });
    return all.reduce((largest, one) => (one <= largest ? largest : one), 0);
  });

const tensors = (feeds: Feeds) =>
  Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, { dtype: 'float32' as const, ...value }]));

/** Of numbers as networks see them, and of large ones, of which sums lose more. */
const LIMITS = { usual: 1e-5, small: 1e-5, large: 1e-4, offset: 1e-4 };

/** WGSL asks for the sine and cosine of angles from −π to π to be right to 2^−11, and for none of others. */
const ANGLES = new Set(['sin', 'cos']);
const limitOf = (name: string, range: keyof typeof LIMITS, engine: string): number =>
  engine.includes('WebGPU') && ANGLES.has(name) ? 2 ** -11 : LIMITS[range];

/** How many files an engine computes where time is short; Node's processor computes all. */
const few = (engine: string): number => (engine === 'Node' ? Infinity : engine.includes('WebGPU') ? 3 : 10);
/** In the table of what was found: a file that was not tried. */
const UNTRIED = '… / …';
/** The engines that compute any: of those in Chromium one, and WebGPU in Node among the long tests, since `runtime/gpu.test.ts` has it too. */
const TRIED = ['Node', ...chosen('engines of operators', ['Chromium, WASM', 'Chromium, WebGPU'], 1)];
const isTried = (engine: string): boolean => IS_LONG || TRIED.includes(engine);

/** By engine and file, what the table says of it. */
const cells = new Map<string, ReadonlyMap<string, string>>();
let all: readonly Tried[] = [];
beforeAll(async () => {
  all = [...tried(), await evaluated()];
});

describe.each(Object.entries(ENGINES))('onnxruntime in %s', (engine, run) => {
  it.runIf(isTried(engine))(
    'computes every operator of files as the reference does',
    { timeout: 300_000 },
    async () => {
      const isGpu = engine.includes('WebGPU');
      const able = all.filter(({ name }) => !(isGpu && UNTRAINED.has(name)));
      const some = chosen(engine, able, few(engine));
      const answers = await run(some);
      const wrong: string[] = [];
      const own = new Map<string, string>();
      for (const [i, one] of some.entries()) {
        const found = distances(one, answers[i] ?? []);
        RANGES.forEach((range, at) => {
          if (!((found[at] ?? NaN) <= limitOf(one.name, range, engine)))
            wrong.push(`${one.name}, ${range}: ${found[at]}`);
        });
        const [usual = 0, small = 0, large = 0, offset = 0] = found;
        own.set(one.name, `${e(Math.max(usual, small))} / ${e(Math.max(large, offset))}`);
      }
      if (isGpu) for (const name of UNTRAINED) own.set(name, '');
      cells.set(engine, own);
      expect(wrong).toEqual([]);
    },
  );
});

it.skipIf(softwareGpu())(
  'WebGPU in Node is not tried: there is no libvulkan.so.1 and no vk_swiftshader_icd.json of a Chromium',
  () => undefined,
);

const e = (value: number): string => (value === 0 ? '0' : value.toExponential(0));

it('docs/parity.md says what was found', async (context) => {
  const head = ['', 'operators', ...Object.keys(ENGINES)];
  const complete = Object.keys(ENGINES).every((engine) => cells.has(engine) || !isTried(engine));
  if (!complete || !ENGINES['Node, WebGPU'])
    return context.skip('a part of the tests was run, or an engine is missing');
  const rows = all.map(({ name, operators }) => [
    name,
    operators.join(', '),
    ...Object.keys(ENGINES).map((engine) => cells.get(engine)?.get(name) ?? UNTRIED),
  ]);
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  if (process.env['UPDATE']) expect(table, 'CVAE_LONG=1 tries all files').not.toContain(UNTRIED);
  if (process.env['UPDATE']) await writeFile(PARITY, withSection(await readFile(PARITY, 'utf8'), 'operators', table));
  const told = section(await readFile(PARITY, 'utf8'), 'operators')
    .split('\n')
    .slice(2);
  const numbers = (line: string): readonly number[] =>
    line
      .split('|')
      .slice(3)
      .flatMap((cell) => cell.split('/').map((one) => Number.parseFloat(one) || 0));
  const names = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.split('|').slice(1, 3).join());
  const found = table.split('\n').slice(2);
  expect(names(told)).toEqual(names(found));
  const stale = found.filter((line, i) => {
    const before = numbers(told[i] ?? '');
    return numbers(line).some((value, at) => value > 10 * Math.max(before[at] ?? 0, 1e-7));
  });
  expect(stale, 'docs/parity.md is stale: UPDATE=1 npx vitest run test/browser/operators.test.ts').toEqual([]);
});
