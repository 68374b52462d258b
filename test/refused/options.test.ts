import { describe, expect, it } from 'vitest';
import { isUserError } from '../../src/errors.ts';
import { DATA } from './options/data.ts';
import { DEFINITIONS } from './options/definitions.ts';
import { COMPILER, ONNX, RUNTIME, TESTING } from './options/exports.ts';
import type { Door } from './options/taking.ts';
import { TRAINING } from './options/training.ts';

// Options as a user of JavaScript gives them, to every public function that takes some.

const DOORS: Readonly<Record<string, Door<string>>> = {
  definitions: DEFINITIONS,
  data: DATA,
  training: TRAINING,
  compiler: COMPILER,
  runtime: RUNTIME,
  onnx: ONNX,
  testing: TESTING,
};

const all = Object.entries(DOORS).flatMap(([door, functions]) =>
  Object.entries(functions).flatMap(([name, taking]) =>
    taking === 'none' ? [] : [[`${door}: ${name}`, taking] as const],
  ),
);

/** What a function throws, or what its promise is rejected with. */
const thrown = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
};

/** The sentence of an error that a user can cause; all else is a defect. */
const sentenceOf = (error: unknown, what: string): string => {
  // The reason of a signal that has ended.
  if (error instanceof DOMException && error.name === 'AbortError') return '';
  if (!isUserError(error)) throw new Error(`${what}: ${String(error)}`, { cause: error });
  expect(error.message, what).toMatch(/^[^\n]+: [^\n]*expected [^\n]+, got [^\n]+; [^\n]+$/);
  return error.message;
};

const bare = Object.assign(Object.create(null), { x: 1 });
/** What may come where an option is expected. */
const ODD: readonly unknown[] = [
  null,
  true,
  '3',
  '',
  'float17',
  -1,
  0.5,
  3,
  NaN,
  Infinity,
  2 ** 53,
  3n,
  Symbol('x'),
  [],
  [undefined],
  ['a', 'b'],
  {},
  bare,
  { x: 1 },
  new Map(),
  new Date(0),
  Promise.resolve(3),
  new Uint8Array(2),
  () => undefined,
];

const told = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);

// As a few of them read.
it.each([
  [
    'compile',
    { precision: 'float17' },
    'compile: expected float32, float16 or int8 as precision, got "float17"; give one of them',
  ],
  [
    'compile',
    { optimize: true },
    'compile: expected the options recognition, sampler, evaluationSamples, opset, optimise, externalDataAbove, name, names, display, exchangeable, …, got optimize; did you mean optimise?',
  ],
  [
    'compile',
    { names: { xs: {} } },
    'compile: expected names of the variables x, y, got xs; correct it or leave it out',
  ],
  [
    'compile',
    { names: { x: { units: ['m'] } } },
    'compile: expected 4 units of x, got 1; give what train returns as names',
  ],
  [
    'exportTraining',
    { epochs: '3' },
    'exportTraining: expected a positive whole number as epochs, got "3"; give how long schedules take',
  ],
  ['exportModel', { out: '' }, 'exportModel: expected a folder as out, got ""; say where the files go'],
  ['exportModel', {}, 'exportModel: expected a folder as out, got nothing; say where the files go'],
  [
    'exportModel',
    { out: 'out', training: { epoch: 3 } },
    'exportModel: expected true, false or { objective, epochs, optimiser, learningRate, auxiliary } as training, got a record of epoch; give true for what is usual',
  ],
  ['verify', {}, "verify: expected an engine as engine, got nothing; give onnxruntime(ort, 'onnxruntime-node')"],
])('%s of %j is refused in words', async (name, options, sentence) => {
  const taking = COMPILER[name as keyof typeof COMPILER]; // as the table has it
  expect(sentenceOf(await thrown(() => taking !== 'none' && taking.call(options)), name)).toBe(sentence);
});

describe.each(all)('%s', (_, { call, known, needed = {} }) => {
  it('takes what it must be given', async () => {
    const error = await thrown(() => call({ ...needed }));
    if (error !== undefined) expect(sentenceOf(error, 'what it must be given')).not.toMatch(/option/);
  });

  it('refuses an option that it does not have', async () => {
    const error = await thrown(() => call({ ...needed, colour: 'blue' }));
    expect(sentenceOf(error, 'colour')).toContain('colour');
    expect(sentenceOf(await thrown(() => call({ ...needed, constructor: 1 })), 'constructor')).toContain('constructor');
  });

  it('says which one was meant', async () => {
    for (const name of known) {
      const misspelt = `${name}s`;
      if (known.includes(misspelt)) continue;
      const { [name]: value = 1, ...others } = needed;
      const sentence = sentenceOf(await thrown(() => call({ ...others, [misspelt]: value })), misspelt);
      expect(sentence).toContain(misspelt);
      expect(sentence).toContain(name);
    }
  });

  it('refuses what are no options', async () => {
    for (const options of [null, 0.5, 'fast', true, [], [1], new Map(), new Date(0), Symbol('x'), 3n]) {
      const error = await thrown(() => call(options));
      expect(sentenceOf(error, told(options))).toMatch(/option|definition|case|dimensions|arguments?/);
    }
  });

  it('takes or refuses in a sentence whatever it is given as one', async () => {
    for (const name of known)
      for (const value of ODD) {
        const error = await thrown(() => call({ ...needed, [name]: value }));
        if (error !== undefined) sentenceOf(error, `${name}: ${told(value)}`);
      }
  });
});
