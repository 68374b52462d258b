import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  predictor,
  type Model,
} from '../../src/index.ts';
import { compile } from '../../src/export/compile.ts';
import { cppSnippet } from '../../src/export/package/cpp.ts';
import { callsOf } from '../../src/export/package/program.ts';
import { pythonSnippet } from '../../src/export/package/python.ts';
import { trainedWeights } from '../compiler/weights.ts';

describe('what a program without the runtime calls', () => {
  /** A prior, and a decoder on which its z has no effect. */
  const without = cvae({
    condition: { kind: categorical(2) },
    target: bernoulli(4),
    latent: 2,
    prior: ({ kind }) => kind.pipe(gaussian(2)),
    recognition: ({ y }) => y.pipe(gaussian(2)),
    decoder: ({ kind }) => kind.pipe(dense(4)),
  });
  /** Conditions that have an effect on one file each, and one on none. */
  const apart = cvae({
    condition: { first: categorical(2), third: categorical(3), second: categorical(4) },
    target: bernoulli(4),
    latent: 2,
    prior: ({ second }) => second.pipe(gaussian(2)),
    recognition: ({ y, third }) => concat(y, third).pipe(gaussian(2)),
    decoder: ({ z, first }) => concat(z, first).pipe(dense(4)),
  });
  const guess = predictor({
    condition: { x: continuous(1) },
    target: bernoulli(4),
    network: ({ x }) => x.pipe(dense(4)),
  });
  const manifestOf = (model: Model, options = {}) => compile(model, trainedWeights(model), options).manifest;

  it('is one file where that gives y, else the prior and the decoder', () => {
    const files = (model: Model, options = {}) => {
      const calls = callsOf(manifestOf(model, options));
      return (calls.whole ? [calls.whole] : [calls.prior, calls.decoder]).map(({ file }) => file);
    };
    expect(files(apart)).toEqual(['prior.onnx', 'decoder.onnx']);
    expect(files(apart, { sampler: true })).toEqual(['sampler.onnx']);
    expect(files(without)).toEqual(['decoder.onnx']);
    expect(files(guess)).toEqual(['predictor.onnx']);
  });

  it('is given the conditions that it takes, and no others', () => {
    const [python, cpp] = [pythonSnippet, cppSnippet].map((write) => write(manifestOf(apart), 'm'));
    expect(python).toMatch(/^feeds = \{\n {4}"first": .*\n {4}"second": .*\n\}$/m);
    expect(cpp).toContain('prior_names[] = {"second"};');
    expect(cpp).toContain(' names[] = {"z", "first"};');
    expect(`${python}${cpp}`).not.toContain('third');
  });
});
