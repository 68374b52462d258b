import { same } from '../../src/shape/same.ts';
import type { Choices } from '../choices.ts';
import { flat, shapedAs, steps } from './layers.ts';
import { Body, tensorType, type Val } from './text.ts';
import { trainingOf } from './training.ts';
import { conditionsOf, targetOf, type Target } from './variables.ts';

/** A definition as a user would write it. */
export interface Written {
  readonly text: string;
  /** The same with a claim after each line of what the compiler must infer there. */
  readonly claimed: string;
}

/** A network that others may call. */
interface Shared {
  readonly name: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly gives: Gives;
  /** The type of what it gives. */
  readonly type: string;
}

/** What a body returns. */
type Gives =
  | { readonly kind: 'tensor'; readonly shape: readonly number[] }
  | { readonly kind: 'record'; readonly shapes: Readonly<Record<string, readonly number[]>> }
  | { readonly kind: 'gaussian'; readonly dims: number };

interface Context {
  readonly choices: Choices;
  readonly shared: Shared[];
}

/** Calls a network with values that fit its inputs: those of the same names if `direct`. */
const call = (body: Body, { choices }: Context, net: Shared, direct = choices.once(2)): void => {
  const args = Object.entries(net.inputs).map(([name, shape]) => {
    const fitting = body.values.filter((v) => same(v.shape, shape));
    const own = direct ? fitting.find((v) => v.name === name) : undefined;
    const found = own ?? choices.from(fitting) ?? (body.values.length > 0 ? shapedAs(body, shape) : undefined);
    return found ? `${name}: ${body.use(found)}` : name;
  });
  const code = `${net.name}({ ${args.join(', ')} })`;
  if (net.gives.kind === 'tensor') body.define(code, net.gives.shape);
  if (net.gives.kind === 'record') {
    const several = body.other(code, net.type);
    const [name, shape] = choices.from(Object.entries(net.gives.shapes)) ?? [];
    if (name !== undefined && shape) body.define(`${body.use({ name: several })}.${name}`, shape);
  }
  if (net.gives.kind === 'gaussian') {
    const head = body.other(code, net.type);
    body.define(`add(${body.use({ name: head })}.mean, ${head}.logVar)`, [net.gives.dims]);
  }
};

const typesOf = (shapes: Readonly<Record<string, readonly number[]>>): string =>
  Object.entries(shapes)
    .map(([name, shape]) => `${name}: ${tensorType(shape)};`)
    .join(' ');

/** What a body may do: layers, and calls of networks. */
const work = (body: Body, context: Context, most: number): void => {
  steps(body, most);
  const net = context.choices.from(context.shared);
  if (net && context.choices.once(3)) call(body, context, net);
  steps(body, 2);
};

/** What is returned, and its type. */
interface Ended {
  readonly code: string;
  readonly type: string;
}

/** Ends a body with what it should return. */
const end = (body: Body, { choices, shared }: Context, gives: Gives, include: readonly Val[]): Ended => {
  if (gives.kind === 'tensor')
    return { code: shapedAs(body, gives.shape, include).name, type: tensorType(gives.shape) };
  if (gives.kind === 'gaussian') {
    const { dims } = gives;
    const head = shared.find((net) => net.gives.kind === 'gaussian' && net.gives.dims === dims);
    const fits = head && Object.values(head.inputs).length === 1 && choices.once(2);
    if (head && fits) {
      const [name = '', shape = []] = Object.entries(head.inputs)[0] ?? [];
      const x = shapedAs(body, shape, include);
      return { code: `${head.name}({ ${name}: ${body.use(x)} })`, type: head.type };
    }
    const { name } = flat(body, shapedAs(body, [choices.between(1, 6)], include));
    const type = `Gaussian<${dims}>`;
    return choices.of([
      { code: `${name}.pipe(gaussian(${dims}))`, type },
      {
        code: `{ mean: ${name}.pipe(dense(${dims})), logVar: ${name}.pipe(tanh, dense(${dims})) }`,
        type: `{ ${typesOf({ mean: [dims], logVar: [dims] })} }`,
      },
      { code: `${name}.pipe(gaussian(${dims}, { variance: 0.5 }))`, type },
    ]);
  }
  const entries = Object.entries(gives.shapes);
  // Each output starts from a value of its own and depends on everything in `include`, since some callers take only one output.
  const before = body.values.at(-1);
  const parts = entries.map(([name, shape], i) => {
    if (before && i > 0) body.values.push(before);
    const val = shapedAs(body, shape, include);
    return name === val.name ? name : `${name}: ${val.name}`;
  });
  return { code: `{ ${parts.join(', ')} }`, type: `{ ${typesOf(gives.shapes)} }` };
};

/** A network's body as text, with and without claims, and the type of what it returns. */
interface Text {
  readonly body: (claims: boolean) => string;
  readonly type: string;
}

/** How a body is written. */
interface Writing {
  /** How many steps it has at most before it ends. */
  readonly most?: number;
  /** Values that its result must depend on. */
  readonly include?: readonly Val[];
  readonly indent?: string;
  /** A network that it begins with, with the values of the names that this takes. */
  readonly uses?: Shared | undefined;
}

const bodyOf = (
  context: Context,
  given: readonly Val[],
  gives: Gives,
  { most = 4, include = [], indent = '  ', uses }: Writing = {},
): Text => {
  const body = new Body(context.choices, given);
  const names = given.map(({ name }) => name).join(', ');
  // In any order: what comes last is what the next layer takes.
  body.values.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (uses) call(body, context, uses, true);
  const guessed = uses ? body.values.slice(-1) : [];
  work(body, context, most);
  const { code, type } = end(body, context, gives, [...include, ...guessed]);
  return {
    body: (claims) => `({ ${names} }) => {\n${body.text(`${indent}  `, claims)}${indent}  return ${code};\n${indent}}`,
    type,
  };
};

/** Networks that others call, and one another. */
const sharedOf = (context: Context, latent: number): ((claims: boolean) => string) => {
  const { choices, shared } = context;
  const texts: ((claims: boolean) => string)[] = [];
  for (let n = choices.of([0, 1, 2]); n > 0; n--) {
    const name = `net${shared.length + 1}`;
    const count = choices.of([1, 2]);
    const inputs = Object.fromEntries(
      Array.from({ length: count }, (_, i) => {
        const size = choices.between(1, 5);
        return [`v${i + 1}`, choices.of([[size], [2, size], [2, 3, 1]])] as const;
      }),
    );
    const size = choices.between(1, 5);
    const gives = choices.of<Gives>([
      { kind: 'tensor', shape: [size] },
      { kind: 'record', shapes: { left: [size], right: [2, size] } },
      { kind: 'gaussian', dims: latent },
    ]);
    const given = Object.entries(inputs).map(([input, shape]) => ({ name: input, shape }));
    const variables = given.map(({ name: input, shape }) => `${input}: continuous(${shape.join(', ')})`);
    const { body, type } = bodyOf(context, given, gives, { most: 2, include: given, indent: '' });
    texts.push((claims) => `const ${name} = network('${name}', { ${variables.join(', ')} }, ${body(claims)});\n`);
    shared.push({ name, inputs, gives, type });
  }
  return (claims) => texts.map((text) => text(claims)).join('');
};

/** What the target's decoder gives. */
const givesOf = ({ parameters }: Target): Gives => {
  const [first, ...others] = Object.values(parameters);
  return first && others.length === 0 ? { kind: 'tensor', shape: first } : { kind: 'record', shapes: parameters };
};

export function write(choices: Choices): Written {
  const context: Context = { choices, shared: [] };
  const conditions = conditionsOf(choices);
  const target = targetOf(choices);
  const isPredictor = conditions.length > 0 && choices.once(6);
  const latent = isPredictor ? 0 : choices.between(1, 4);
  const networks = sharedOf(context, Math.max(latent, 1));
  const given: readonly Val[] = conditions.map(({ name, shape }) => ({ name, shape }));
  const gives = givesOf(target);
  const sections: [name: string, text: Text][] = [];

  const hasBaseline = !isPredictor && conditions.length > 0 && choices.once(3);
  const seen = choices.once(2) ? given.slice(0, 1) : given;
  const baseline = hasBaseline ? bodyOf(context, seen, gives, { most: 3, include: seen, indent: '' }) : undefined;
  const inputs = Object.fromEntries(seen.map(({ name, shape }) => [name, shape]));
  const guessed: Shared | undefined = baseline && { name: 'guess', inputs, gives, type: baseline.type };
  if (guessed) context.shared.push(guessed);
  /** Each of the networks may begin with the guess, as the paper's prior does. */
  const uses = (): Shared | undefined => (guessed && choices.once(2) ? guessed : undefined);
  const hasPrior = !isPredictor && conditions.length > 0 && choices.once(2);
  const hasRecognition = !isPredictor && !choices.once(5);
  const gaussian: Gives = { kind: 'gaussian', dims: latent };
  if (hasPrior) sections.push(['prior', bodyOf(context, given, gaussian, { most: 3, uses: uses() })]);
  const y: Val = { name: 'y', shape: target.shape };
  if (hasRecognition)
    sections.push(['recognition', bodyOf(context, [...given, y], gaussian, { most: 3, include: [y], uses: uses() })]);
  const z: readonly Val[] = isPredictor ? [] : [{ name: 'z', shape: [latent] }];
  // All conditions are in it, so that each has an effect.
  const all = [...given, ...z];
  sections.push([
    isPredictor ? 'network' : 'decoder',
    bodyOf(context, all, gives, { most: 5, include: all, uses: isPredictor ? undefined : uses() }),
  ]);

  const about = { isPredictor, hasRecognition, hasBaseline, hasPrior, conditions };
  const training = trainingOf(choices, about);
  const guess = (claims: boolean): string =>
    baseline
      ? `const guess = network('guess', { ${seen.map(({ name }) => `${name}: conditions.${name}`).join(', ')} }, ${baseline.body(claims)});\n`
      : '';
  const text = (claims: boolean): string =>
    [
      ...(target.before === undefined ? [] : [target.before]),
      `const conditions = { ${conditions.map(({ name, code }) => `${name}: ${code}`).join(', ')} };\n`,
      networks(claims),
      guess(claims),
      `export default ${isPredictor ? 'predictor' : 'cvae'}({\n  condition: conditions,\n  target: ${target.code},\n`,
      isPredictor ? '' : `  latent: ${latent},\n`,
      baseline ? '  baseline: guess,\n' : '',
      ...sections.map(([name, { body }]) => `  ${name}: ${body(claims)},\n`),
      `});\n\n${training}`,
    ].join('');
  return {
    text: withImports(text(false)),
    claimed: withImports(text(true), true),
  };
}

const HELPERS: Readonly<Record<string, string>> = {
  residual: `const residual = <S extends Shape>(x: Tensor<S>): Tensor<S> => block('residual', () => add(x, tanh(x)));\n`,
  softsign: `const softsign = elementwise(
  'softsign',
  (tf, [x]) => tf.div(x, tf.add(tf.abs(x), 1)),
  (onnx, [x]) => onnx.Div(x, onnx.Add(onnx.Abs(x), 1)),
);\n`,
  distance: `const distance = elementwise(
  'distance',
  (tf, [x]) => tf.abs(x),
  (onnx, [x]) => onnx.Abs(x),
);\n`,
};

export const LAYERS =
  'abs add at attention avgPool1d avgPool2d batchMean batchNorm bernoulli block categorical clip concat concatAt constant continuous conv1d conv2d convTranspose2d cos crop2d cvae dense distribution div dropout each elementwise elu exp expand flatten gaussian gaussianNoise gelu globalAvgPool2d group groupNorm gru image instanceNorm kl layerNorm leakyRelu log log1p logSumExp lstm matMul maximum maxPool1d maxPool2d minimum mul multiScale network noise normal omission ones pad2d parameter permute pixelShuffle predictor reduceMax reduceMean reduceSum relu reparameterise repeat reshape resize2d shaped sigmoid sign silu sin slice sliceAt softmax softplus sqrt square squaredError stack stopGradient sub sum sumLast tanh upsample1d upsample2d where zeros'.split(
    ' ',
  );
const TRAINING =
  'adam adamW baselineLikelihood clipped elbo gsnn hybrid iwae likelihood linear monteCarlo objective sgd withNoise'.split(
    ' ',
  );
const TYPES = ['Gaussian', 'Shape', 'Tensor'];

/** Whether a text uses a name, other than as a property of something. */
const uses = (text: string, name: string): boolean => new RegExp(`(?<![\\w.'])${name}(?![\\w:'])`).test(text);

/** A text with what it uses: helpers, and imports of what is in it. */
const withImports = (body: string, claims = false): string => {
  const helpers = Object.entries(HELPERS).flatMap(([name, text]) => (uses(body, name) ? [text] : []));
  const text = `${helpers.join('')}${body}`;
  const layers = LAYERS.filter((name) => uses(text, name));
  const types = TYPES.filter((name) => uses(text, name)).map((name) => `type ${name}`);
  const training = TRAINING.filter((name) => uses(text, name));
  return [
    `import { ${[...layers, ...types].join(', ')} } from 'cvae-compile';\n`,
    `import { ${[...training, 'type TrainOptions'].join(', ')} } from 'cvae-compile/train';\n`,
    ...(claims ? [`import { is } from './same.ts';\n`] : []),
    '\n',
    text,
  ].join('');
};
