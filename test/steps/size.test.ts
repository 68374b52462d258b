import { expect, it } from 'vitest';
import { categorical, concat, constant, cvae, dense, gaussian, gru, steps, tanh } from 'cvae-compile';
import { elbo } from 'cvae-compile/train';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimise } from '../../src/compiler/optimise.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { subgraphs, type OnnxGraph } from '../../src/onnx/graph.ts';
import { graphOf } from '../objectives/support.ts';

const writer = (length: number) => {
  const word = categorical(7, { at: [length], end: 6 });
  return cvae({
    condition: {},
    target: word,
    latent: 2,
    recognition: ({ y }) => y.pipe(gru(3, { last: true }), gaussian(2)),
    decoder: ({ z }) =>
      steps(word, { start: constant([7], 0), state: z.pipe(dense(5)) }, ({ previous, state }) => {
        const next = concat(previous, state, z.pipe(dense(4), tanh)).pipe(dense(5), tanh);
        return { out: next.pipe(dense(7)), state: next };
      }),
  });
};

const gradientOf = (length: number): OnnxGraph => {
  const graph = graphOf(elbo(), writer(length));
  const by = graph.params.filter(({ trainable }) => trainable).map(({ name }) => name);
  return optimise(differentiate(lower(graph, 'inputs'), { of: 'loss', by }), OPSET);
};

const count = ({ nodes }: OnnxGraph): number =>
  nodes.reduce((sum, node) => subgraphs(node).reduce((all, inner) => all + count(inner), sum + 1), 0);

it('a gradient over 200 steps has as many nodes as one over 3', () => {
  const [short, long] = [gradientOf(3), gradientOf(200)];
  expect(count(long)).toBe(count(short));
  // Of the decoder and of the recognition network, forwards and back.
  expect(long.nodes.filter(({ op }) => op === 'Scan')).toHaveLength(4);
});
