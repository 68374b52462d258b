import * as own from '../../../src/index.ts';
import { js, type Loose, type Refused } from '../loose.ts';
import { digit, model, type Given } from './model.ts';
import { WHOLE } from './whole.ts';

const x = own.continuous(4);

/** A predictor of three numbers. */
const predictor =
  (wrong: Readonly<Record<string, unknown>>): (() => unknown) =>
  () =>
    js.predictor({
      condition: { x },
      target: own.normal(3),
      network: ({ x }: Readonly<Record<'x', Loose>>) => x.pipe(js.dense(3)),
      ...wrong,
    });

/** What models refuse. */
export const MODELS = {
  anyPart: [
    [
      'a unit that there is not',
      () => js.anyPart({ by: 'row' }),
      'anyPart: expected element, target or block, or a list of these as by, got "row"; write by: \'element\'',
    ],
    [
      'no unit',
      () => js.anyPart({ by: [] }),
      "anyPart: expected element, target or block, or a list of these as by, got an array of 0; write by: 'element'",
    ],
    [
      'a share as a number',
      () => js.anyPart({ share: 0.5 }),
      'anyPart: expected two numbers from 0 to 1, the smaller first as share, got 0.5; write share: [0, 1]',
    ],
    [
      'shares the wrong way round',
      () => js.anyPart({ share: [1, 0] }),
      'anyPart: expected two numbers from 0 to 1, the smaller first as share, got an array of 2; write share: [0, 1]',
    ],
  ],
  cvae: [
    [
      'nothing',
      () => js.cvae(),
      'cvae: expected a definition, got nothing; write cvae({ condition, target, latent, decoder }), and nothing after it',
    ],
    [
      'null',
      () => js.cvae(null),
      'cvae: expected a definition, got null; write cvae({ condition, target, latent, decoder }), and nothing after it',
    ],
    [
      'a list',
      () => js.cvae([]),
      'cvae: expected a definition, got an array of 0; write cvae({ condition, target, latent, decoder }), and nothing after it',
    ],
    [
      'an option of training',
      model({ epochs: 3 }),
      'cvae: expected a member of a definition, got epochs; rename it or leave it out',
    ],
    [
      'options after it',
      () => js.cvae({ condition: {}, target: own.bernoulli(4), latent: 2 }, { epochs: 3 }),
      'cvae: expected one argument, got also a record of epochs; leave it out',
    ],
    [
      'no conditions',
      model({ condition: undefined }),
      'condition: expected the conditions by name, got nothing; give {} where there are none',
    ],
    [
      'conditions that are null',
      model({ condition: null }),
      'condition: expected the conditions by name, got null; give {} where there are none',
    ],
    [
      'conditions as a list',
      model({ condition: [digit] }),
      'condition: expected the conditions by name, got an array of 1; give {} where there are none',
    ],
    [
      'a condition as a number',
      model({ condition: { digit: 10 } }),
      'digit: expected a variable such as categorical(10), got 10; say what it is',
    ],
    [
      'a condition that is not called',
      model({ condition: { digit: own.continuous } }),
      'digit: expected a variable such as categorical(10), got a function; say what it is',
    ],
    [
      'a condition of a hand-made kind',
      model({ condition: { digit: { ...x, kind: 'number' } } }),
      'digit: expected a variable such as categorical(10), got a record of kind, shape, dataShape; say what it is',
    ],
    [
      'a condition that is a network',
      model({ condition: { digit: js.relu } }),
      'digit: expected a variable such as categorical(10), got a function; say what it is',
    ],
    [
      'a condition named by a number',
      model({ condition: { 1: digit } }),
      'condition: expected a name of letters, digits and _, got "1"; rename it',
    ],
    [
      'a condition of a name that no file has',
      model({ condition: { 'the digit': digit } }),
      'condition: expected a name of letters, digits and _, got "the digit"; rename it',
    ],
    [
      'no target',
      model({ target: undefined }),
      'target: expected a distribution such as bernoulli(784), got nothing; say how it is distributed',
    ],
    [
      'a target that is not called',
      model({ target: own.bernoulli }),
      'target: expected a distribution such as bernoulli(784), got a function; say how it is distributed',
    ],
    [
      'a target that is a condition',
      model({ target: x }),
      'target: expected a distribution such as bernoulli(784), got a record of kind, shape, dataShape; say how it is distributed',
    ],
    [
      'a target by name',
      model({ target: 'bernoulli' }),
      'target: expected a distribution such as bernoulli(784), got "bernoulli"; say how it is distributed',
    ],
    [
      'a target that is half hand-made',
      model({ target: { ...x, distribution: 'normal' } }),
      'target: expected a distribution such as bernoulli(784), got a record of kind, shape, dataShape, distribution; say how it is distributed',
    ],
    [
      'a mask that is no condition',
      model({ target: own.bernoulli(4, { mask: 'digits' }) }),
      'target: expected a condition as mask, from which pictures show what is given, got digits; did you mean digit?',
    ],
    [
      'a latent as text',
      model({ latent: '2' }),
      'latent: expected a positive whole number, got "2"; give z\'s number of dimensions',
    ],
    [
      'no latent',
      model({ latent: undefined }),
      "latent: expected a positive whole number, got nothing; give z's number of dimensions",
    ],
    [
      'half a dimension',
      model({ latent: 2.5 }),
      "latent: expected a positive whole number, got 2.5; give z's number of dimensions",
    ],
    [
      'a latent larger than whole numbers',
      model({ latent: 1e300 }),
      "latent: expected a positive whole number, got 1e+300; give z's number of dimensions",
    ],
    [
      'a latent larger than a file',
      model({ latent: 2 ** 31 }),
      'decoder/concat_1: expected less than 2 GiB for its result, got [2147483651] with 8.0 GiB; make it smaller',
    ],
    [
      'what is known as a flag',
      model({ known: true }),
      'known: expected which parts of the target are known, got true; write known: anyPart()',
    ],
    [
      'what is known, which no network reads',
      model({ known: own.anyPart() }),
      'condition: expected every condition to be used, got known, which no network reads; give known to prior and decoder, or leave known: anyPart() out',
    ],
    [
      'a decoder that is a layer',
      model({ decoder: js.dense(4) }),
      'decoder/dense_1: expected a tensor, got a record of z, digit; pass a tensor, such as dense(10)(x)',
    ],
    [
      'a decoder that is null',
      model({ decoder: null }),
      'decoder: expected a function of tensors, got null; write the network',
    ],
    [
      'a decoder that gives a number',
      model({ decoder: () => 3 }),
      'decoder: expected logits of the bernoulli target, got 3; return a tensor for each',
    ],
    [
      'a decoder that gives more than is taken',
      model({
        decoder: ({ z, digit }: Given) => ({
          logits: js.concat(z, digit).pipe(js.dense(4)),
          hint: z,
        }),
      }),
      'decoder: expected logits alone, got also hint, which nothing takes; leave it out',
    ],
    [
      'a decoder that gives samples',
      model({
        decoder: ({ z, digit }: Given) => js.concat(z, digit).pipe(js.dense(4), js.repeat(3)),
      }),
      'decoder, logits: expected one for each example, got 3 samples of it; group(3) and join them, or leave repeat out',
    ],
    [
      'a decoder that never ends',
      model({
        decoder: ({ z }: { z: Loose }) => {
          const deeper = (y: Loose): Loose => deeper(js.relu(y));
          return deeper(z);
        },
      }),
      'decoder: expected a body that ends, got a function that calls itself endlessly; add a condition that stops the recursion',
    ],
    [
      'a prior that is false',
      model({ prior: false }),
      'prior: expected a function of tensors, got false; write the network',
    ],
    [
      'a prior that gives a list',
      model({ prior: ({ digit }: { digit: Loose }) => [digit, digit] }),
      'prior: expected mean and logVar, got an array of 2; end it in gaussian(2)',
    ],
    [
      'a prior that gives more than is taken',
      model({ prior: ({ digit }: { digit: Loose }) => ({ ...js.gaussian(2)(digit), sigma: digit }) }),
      'prior: expected mean and logVar alone, got also sigma, which nothing takes; leave it out',
    ],
    [
      'a recognition network by name',
      model({ recognition: 'mlp' }),
      'recognition: expected a function of tensors, got "mlp"; write the network',
    ],
    [
      'a baseline that is null',
      model({ baseline: null }),
      "baseline: expected a network, got null; write network('baseline', …)",
    ],
    [
      'a baseline that is a function',
      model({ baseline: () => 0 }),
      "baseline: expected a network, got a function; write network('baseline', …)",
    ],
    ...WHOLE,
  ],
  predictor: [
    [
      'nothing',
      () => js.predictor(),
      'predictor: expected a definition, got nothing; write predictor({ condition, target, network }), and nothing after it',
    ],
    [
      'a latent',
      predictor({ latent: 2 }),
      'predictor: expected a member of a definition, got latent; rename it or leave it out',
    ],
    [
      'a decoder, which is called network',
      predictor({ decoder: () => 0 }),
      'predictor: expected a member of a definition, got decoder; rename it or leave it out',
    ],
    [
      'no conditions',
      predictor({ condition: undefined }),
      'condition: expected the conditions by name, got nothing; give {} where there are none',
    ],
    [
      'no network',
      predictor({ network: undefined }),
      'network: expected a function of tensors, got nothing; write the network',
    ],
    [
      'a network that gives text',
      predictor({ network: () => 'y' }),
      'network: expected mean of the normal target, got "y"; return a tensor for each',
    ],
    [
      'something after it',
      () => js.predictor({ condition: { x }, target: own.normal(3), network: () => 0 }, 3),
      'predictor: expected one argument, got also 3; leave it out',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
