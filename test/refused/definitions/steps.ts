import * as own from '../../../src/index.ts';
import { js, type Loose, type Refused } from '../loose.ts';

const word = own.categorical(3, { at: [4] });

interface Given {
  readonly z: Loose;
}
interface Step {
  readonly previous: Loose;
  readonly state: Loose;
}

/** Reads a model whose decoder this is. */
const decoder =
  (body: (given: Given) => unknown, target: unknown = word, condition: unknown = {}): (() => unknown) =>
  () =>
    js.cvae({ condition, target, latent: 2, decoder: body });

const start = (z: Loose, target = 3) => ({ start: z.pipe(js.dense(target)), state: z.pipe(js.dense(5)) });
const step = ({ previous, state }: Step) => ({
  out: previous.pipe(js.dense(3)),
  state: js.add(state, previous.pipe(js.dense(5))),
});

/** What decoders of steps refuse. */
export const STEPS = {
  steps: [
    [
      'no target',
      decoder(({ z }) => js.steps(start(z), step)),
      'decoder/steps: expected { start, state }, got a function; give with what the first step begins',
    ],
    [
      'no start',
      decoder(({ z }) => js.steps(word, { state: z }, step)),
      'decoder/steps: expected { start, state }, got a record of state; give with what the first step begins',
    ],
    [
      'no step',
      decoder(({ z }) => js.steps(word, start(z))),
      'decoder/steps: expected a function of { previous, state }, got nothing; write a step: ({ previous, state }) => ({ out, state })',
    ],
    [
      'another network',
      () => js.network('net', { z: own.continuous(2) }, (({ z }: Given) => js.steps(word, start(z), step)) as never),
      'net/steps: expected a decoder around it, whose y it is given while training, got net; write decoder: ({ z }) => steps(…)',
    ],
    [
      'a predictor, which has no y while training',
      () =>
        js.predictor({
          condition: { x: own.continuous(2) },
          target: word,
          network: ({ x }: { readonly x: Loose }) => js.steps(word, start(x), step),
        }),
      'network/steps: expected a decoder around it, whose y it is given while training, got network; for a sequence without z write a cvae of latent: 1 whose decoder leaves z out, and train it with gsnn()',
    ],
    [
      'a target of one class',
      decoder(({ z }) => js.steps(own.categorical(3), start(z), step), own.categorical(3)),
      'decoder/steps_1: expected a sequence of 2 or more steps as target, got [3]; write normal(24, 1) for 24 numbers, or at: [24] for classes',
    ],
    [
      'numbers without an axis of their own in a step',
      decoder(({ z }) => js.steps(own.bernoulli(3), start(z), step), own.bernoulli(3)),
      'decoder/steps_1: expected an axis of steps and one of what each step has as target, got [3]; give it an axis of 1, as in normal(3, 1)',
    ],
    [
      'targets of other lengths',
      decoder(({ z }) => js.steps({ a: word, b: own.normal(5, 1) }, start(z), step)),
      'decoder/steps_1: expected 4 steps as target b, got 5; give all targets the same number of steps',
    ],
    [
      'a component for all steps',
      decoder(({ z }) => js.steps(own.mixture(own.normal(4, 2, { per: 'example' }), 3), start(z), step)),
      "decoder/steps_1: expected a likelihood whose steps are independent as target, got weights [3] for all of them; write per: 'place'",
    ],
    [
      'what cannot be drawn',
      decoder(({ z }) => js.steps(own.squaredError(4, 2), start(z), step)),
      'decoder/steps_1: expected a likelihood of the library that can be drawn, since each step is drawn and given to the next as target, got squaredError; choose one such as normal or categorical',
    ],
    [
      'a start of another shape',
      decoder(({ z }) => js.steps(word, start(z, 4), step)),
      'decoder/steps_1, start: expected [3] as previous, got [4]; make the last layer give it',
    ],
    [
      'a state that is none',
      decoder(({ z }) => js.steps(word, { ...start(z), state: { h: 3 } }, step)),
      'decoder/steps_1, state: expected a tensor, or tensors by names of letters, digits and _, got a record of h; pass a tensor, such as dense(10)(x)',
    ],
    [
      'a step without out',
      decoder(({ z }) => js.steps(word, start(z), ({ state }: Step) => ({ state }))),
      'decoder/steps_1: expected a step that gives out and state, got a record of state; return { out, state }',
    ],
    [
      'outputs of another shape',
      decoder(({ z }) => js.steps(word, start(z), ({ state }: Step) => ({ out: state.pipe(js.dense(4)), state }))),
      "decoder/steps_1/dense_1: expected [3], as the target, got [4]; make the last layer give the target's shape",
    ],
    [
      'a next state of another shape',
      decoder(({ z }) =>
        js.steps(word, start(z), ({ state }: Step) => ({
          out: state.pipe(js.dense(3)),
          state: state.pipe(js.dense(4)),
        })),
      ),
      'decoder/steps_1, state: expected [5] as state, got [4]; make the last layer give it',
    ],
    [
      'statistics of a batch',
      decoder(({ z }) =>
        js.steps(word, start(z), ({ state }: Step) => ({ out: state.pipe(js.batchNorm, js.dense(3)), state })),
      ),
      'decoder/steps_1: expected layers that treat each example by itself within a step, got statistics of a batch (decoder/steps_1/batchNorm_1/mean); use layerNorm, or put it outside',
    ],
    [
      'samples of an example',
      decoder(({ z }) =>
        js.steps(word, start(z), ({ state }: Step) => ({ out: state.pipe(js.repeat(2), js.dense(3)), state })),
      ),
      'decoder/steps_1: expected layers that treat each example by itself within a step, got repeat (decoder/steps_1/repeat_1); put it outside',
    ],
    [
      'steps twice',
      decoder(({ z }) => js.add(js.steps(word, start(z), step), js.steps(word, start(z), step))),
      'decoder: expected steps once, got 2 times; write one sequence of steps',
    ],
    [
      'layers behind steps',
      decoder(({ z }) => js.mul(js.steps(word, start(z), step), 2)),
      'decoder: expected the result of steps, unchanged, got logits that is computed from it; compute it within the step',
    ],
    [
      'steps of another target',
      decoder(({ z }) => js.steps(own.categorical(3, { at: [4] }), start(z), step)),
      "decoder: expected steps of the definition's target, got those of another; give both the same value",
    ],
    [
      'a condition with the name of a state',
      () =>
        js.cvae({
          condition: { state: own.continuous(2) },
          target: word,
          latent: 2,
          decoder: ({ z, state }: { readonly z: Loose; readonly state: Loose }) =>
            js.steps(word, start(js.concat(z, state)), step),
        }),
      'condition: expected names other than those of steps, got state; rename the condition',
    ],
    [
      'a target with the name of a state',
      () => {
        const targets = { state: word };
        return js.cvae({
          condition: {},
          target: targets,
          latent: 2,
          decoder: ({ z }: { readonly z: Loose }) =>
            js.steps(
              targets,
              { start: { state: z.pipe(js.dense(3)) }, state: z.pipe(js.dense(2)) },
              ({ state }: { readonly state: Loose }) => ({ out: { state: state.pipe(js.dense(3)) }, state }),
            ),
        });
      },
      'target: expected names other than those of steps, got state; rename the target',
    ],
    [
      'an end without steps',
      decoder(({ z }) => z.pipe(js.dense(12), js.reshape(4, 3)), own.categorical(3, { at: [4], end: 2 })),
      'target: expected an end only for a decoder that returns steps, got one for a decoder that gives all at once; return steps(…), or leave end out',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
