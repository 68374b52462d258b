// Where a step's time goes within onnxruntime, by its profiler: the kernels' time by operator, and by the node that takes most, of a
// network of bench/networks.ts, one step a call. `npm run bench -- profile [part of a title]`
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { onnxEngine } from '../src/train/onnx-engine.ts';
import { size } from '../src/shape/size.ts';
import { adam } from '../src/train/optimiser.ts';
import { table } from './measure.ts';
import { CASES, inputsOf, objectiveOf, weightsOf, type Case } from './networks.ts';

const [WARM, STEPS] = [5, 20];
const [wanted = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'profile-'));
const optimiser = adam();

/** An event of onnxruntime's profile: a kernel's has the operator's name; times are in microseconds. */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Typed[];
    readonly output_type_shape?: readonly Typed[];
  };
}

/** `{ float: [32, 784] }` */
type Typed = Readonly<Record<string, readonly number[]>>;

/** Multiplications and additions of a product of two matrices, in billions; 0 for any other node. */
const operations = ({ args }: Event): number => {
  const shapeOf = (typed: Typed | undefined) => Object.values(typed ?? {})[0] ?? [];
  const [a, out] = [shapeOf(args?.input_type_shape?.[0]), shapeOf(args?.output_type_shape?.[0])];
  // A Gemm may take its first matrix transposed.
  if (args?.op_name === 'Gemm') return (2 * size(a) * (out[1] ?? 0)) / 1e9;
  return args?.op_name === 'MatMul' ? (2 * size(out) * (a.at(-1) ?? 0)) / 1e9 : 0;
};

type Session = ort.InferenceSession;
type Options = ort.InferenceSession.SessionOptions;

/** Milliseconds of each node in a step, and of the whole step seen from outside, which the profiler slows. */
async function profileOf({ definition, batch }: Case) {
  const sessions: Session[] = [];
  const profiled = {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: async (model: Uint8Array, options: Options) => {
        const session = await ort.InferenceSession.create(model, {
          ...options,
          enableProfiling: true,
          profileFilePrefix: join(folder, `session-${sessions.length}`),
        });
        sessions.push(session);
        return session;
      },
    },
  };
  const graph = objectiveOf(definition);
  const inputs = inputsOf(graph, optimiser, batch);
  const how = { name: 'onnxruntime-node', version: '', provider: 'cpu', threads: availableParallelism() };
  // The engine asks for less of onnxruntime than this is.
  const session = await onnxEngine({ ort: profiled as never, ...how }).load(graph, optimiser, weightsOf(graph));
  for (let step = 0; step < WARM; step++) await session.step(inputs(1));
  const started = performance.now();
  for (let step = 0; step < STEPS; step++) await session.step(inputs(1));
  const whole = (performance.now() - started) / STEPS;
  for (const each of sessions) each.endProfiling();
  await session.close();
  const files = readdirSync(folder).map((name) => join(folder, name));
  const events = files.flatMap((file): Event[] => JSON.parse(readFileSync(file, 'utf8')));
  for (const file of files) rmSync(file);
  // A loop's time is that of the nodes in it.
  const kernels = events.filter(
    ({ cat, name, args }) => cat === 'Node' && name.endsWith('_kernel_time') && args?.op_name !== 'Loop',
  );
  return {
    whole,
    kernels: kernels.map((event) => ({
      node: event.name.slice(0, -'_kernel_time'.length),
      operator: event.args?.op_name ?? '',
      ms: event.dur / 1000 / (WARM + STEPS),
      operations: operations(event) / (WARM + STEPS),
    })),
  };
}

type Kernel = Awaited<ReturnType<typeof profileOf>>['kernels'][number];

/** The kernels with the same key as one row, those that take longest first; products with their speed. */
const rowsOf = (kernels: readonly Kernel[], key: 'operator' | 'node', count: number) =>
  [...new Set(kernels.map((kernel) => kernel[key]))]
    .map((name) => {
      const some = kernels.filter((kernel) => kernel[key] === name);
      return { name, ms: total(some, 'ms'), operations: total(some, 'operations') };
    })
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count)
    .map(({ name, ms, operations }) => ({
      [key]: name,
      'ms a step': ms.toFixed(2),
      'GFLOP/s': operations > 0 ? Math.round((operations / ms) * 1000) : '',
    }));

const total = (kernels: readonly Kernel[], what: 'ms' | 'operations') =>
  kernels.reduce((sum, kernel) => sum + kernel[what], 0);

console.log(
  `${availableParallelism()} threads; load before: ${loadavg()
    .map((each) => each.toFixed(1))
    .join(', ')}`,
);
for (const each of CASES.filter(({ title }) => title.includes(wanted))) {
  const { whole, kernels } = await profileOf(each);
  console.log(
    `\n${each.title}: ${whole.toFixed(1)} ms a step while profiled, kernels ${total(kernels, 'ms').toFixed(1)}`,
  );
  table(rowsOf(kernels, 'operator', 12));
  console.log();
  table(rowsOf(kernels, 'node', 25));
}
rmSync(folder, { recursive: true });
