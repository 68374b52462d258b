import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { modelOf, runOrt } from '../onnx/ort.ts';
import { CASES } from './cases.ts';
import { differences, distance, gradientOf, type Case } from './numeric.ts';
import { chosenOfEach } from '../support/chosen.ts';

const cases = Object.entries(CASES).flatMap(([op, given]) =>
  typeof given === 'string' ? [] : given.map((one): readonly [string, Case] => [`${op}: ${one.name}`, one]),
);

describe.each(chosenOfEach('rules of gradients', cases, ([name]) => name.split(':')[0] ?? '', 2))('%s', (_, one) => {
  // Written in a test, so that what goes wrong there is its failure.
  let made: ReturnType<typeof gradientOf> | undefined;
  const written = () => (made ??= gradientOf(one));

  it('has the gradient that differences have, in float64', () => {
    const { graph, loss, inputs, by } = written();
    const exact = evaluate(graph, inputs);
    for (const name of by) {
      const gradient = exact[`gradient/${name}`];
      expect(gradient?.shape).toEqual(inputs[name]?.shape);
      expect(distance(gradient?.data as Float64Array, differences(loss, inputs, name))).toBeLessThan(1e-6);
    }
  });

  it('has it in onnxruntime too', async () => {
    const { graph, inputs, by } = written();
    const exact = evaluate(graph, inputs);
    const floats = Object.entries(inputs).map(([name, t]) => [name, tensorOf('float32', t.shape, numbersOf(t))]);
    const results = await runOrt(modelOf(graph), Object.fromEntries(floats));
    for (const name of by) {
      const gradient = exact[`gradient/${name}`];
      expect(results[`gradient/${name}`]?.dims).toEqual(gradient?.shape);
      expect(distance(results[`gradient/${name}`]?.data ?? [], gradient?.data as Float64Array)).toBeLessThan(1e-5);
    }
  });
});

describe('far from 0', () => {
  it('Softplus has a slope where onnxruntime has no Sigmoid any more', async () => {
    const x = [-80, -40, -25, -18, 18, 40, 80];
    const one: Case = {
      name: 'far',
      inputs: [[-x.length]],
      values: [x],
      write: (onnx, v) => {
        if (!v) throw new Error('no input');
        return onnx.Softplus(v);
      },
    };
    const { graph, inputs } = gradientOf(one);
    const floats = Object.entries(inputs).map(([name, t]) => [name, tensorOf('float32', t.shape, numbersOf(t))]);
    const { data = [] } = (await runOrt(modelOf(graph), Object.fromEntries(floats)))['gradient/x0'] ?? {};
    const weights = numbersOf(inputs['w'] ?? tensorOf('float32', [0], []));
    for (const [i, at] of x.entries()) {
      const right = Number(weights[i]) / (1 + Math.exp(-at));
      expect(Math.abs(Number(data[i]) / right - 1)).toBeLessThan(3e-6);
    }
  });
});
