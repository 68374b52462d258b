import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { continuous, leakyRelu, network, sigmoid, type Tensor } from 'cvae-compile';
import { definitions } from '../../fuzz/definitions/stage.ts';
import type { Outcome } from '../../fuzz/stage.ts';
import type * as elementwise from '../../src/compiler/differentiate/elementwise.ts';
import { PASSES } from '../../src/compiler/optimise.ts';
import type { Pass } from '../../src/compiler/rewrite.ts';
import type { AnyOp } from '../../src/graph/op.ts';
import type * as wiring from '../../src/layers/wiring.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { IS_LONG } from '../support/chosen.ts';

// A fuzzer that finds nothing proves nothing: here is something to find.

/** Which fault is there. */
const planted = vi.hoisted(() => ({ gradient: false, wiring: false }));

vi.mock('../../src/compiler/differentiate/elementwise.ts', async (original) => {
  const real = await original<typeof elementwise>();
  const { Tanh: right } = real.GRADIENT_ELEMENTWISE;
  const Tanh: typeof right = (site) =>
    typeof right !== 'function'
      ? []
      : right(site).map((write) => write && (() => (planted.gradient ? site.onnx.Mul(write(), 1.001) : write())));
  return { ...real, GRADIENT_ELEMENTWISE: { ...real.GRADIENT_ELEMENTWISE, Tanh } };
});

vi.mock('../../src/layers/wiring.ts', async (original) => {
  const real = await original<typeof wiring>();
  const wire: typeof real.wire = (model) => {
    const { prior, ...rest } = real.wire(model);
    // As it once was: what the prior sees is standardised for it alone.
    return { ...rest, prior: (x) => (planted.wiring ? real.wire(model) : { prior }).prior(x) };
  };
  return { ...real, wire };
});

const folder = mkdtempSync(join(tmpdir(), 'cvae-planted-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(planted, { gradient: false, wiring: false });
});

/** The op of a layer. */
const opOf = (layer: (x: Tensor<[2]>) => Tensor): AnyOp => {
  const { output } = network('one', { x: continuous(2) }, ({ x }) => layer(x))['~body'].outputs;
  if (output?.kind !== 'apply') throw new Error('no op');
  return output.op;
};

/** What is found among a number of definitions. */
const fuzzed = async (seed: number, cases: number): Promise<Outcome> => {
  let until = Infinity;
  return definitions(['cpu']).run({
    seed,
    get until() {
      return until;
    },
    all: false,
    shrinking: 3000,
    folder,
    progress: (text) => {
      if (Number(/^(\d+) definitions/.exec(text)?.[1] ?? 0) >= cases) until = 0;
    },
  });
};

describe('the fuzzer finds', { timeout: 600_000 }, () => {
  it.runIf(IS_LONG)(
    'an op that writes another slope than it trains with, and shows it in a short definition',
    async () => {
      const op = opOf(leakyRelu(0.3));
      const { lower } = op;
      vi.spyOn(op, 'lower').mockImplementation((onnx, xs, attrs, params, site) =>
        lower(onnx, xs, { slope: attrs.slope * 1.05 }, params, site),
      );
      const { failures } = await fuzzed(1, 60);
      expect(failures).toMatchObject([{ stage: 'definitions', kind: expect.stringMatching(/^(lower|gradient)$/) }]);
      expect(failures[0]?.text).toContain('leakyRelu(');
      expect(failures[0]?.message).toMatch(/ in the reference: .* is .*, and .* is right/);
    },
  );

  it.runIf(IS_LONG)('an op that trains with another function than it writes', async () => {
    const op = opOf(sigmoid);
    const { run } = op;
    vi.spyOn(op, 'run').mockImplementation((tf, ...rest) => tf.mul(run(tf, ...rest), 1.002));
    expect((await fuzzed(2, 60)).failures).toMatchObject([{ kind: expect.stringMatching(/^t(fjs|raining)/) }]);
  });

  it.runIf(IS_LONG)('a gradient that is wrong by a thousandth', async () => {
    planted.gradient = true;
    expect((await fuzzed(3, 60)).failures).toMatchObject([{ kind: 'gradient' }]);
  });

  it('a pass that changes a number', async () => {
    const { sums: right } = PASSES;
    if (!right) throw new Error('no such pass');
    const wrong: Pass = (...given) => {
      const graph = right(...given);
      const halves = [...graph.initializers].map(([name, tensor]) =>
        name === 'constant/float(0.5)'
          ? ([name, tensorOf('float32', [], [0.501])] as const)
          : ([name, tensor] as const),
      );
      return { ...graph, initializers: new Map(halves) };
    };
    // The fault is planted in the table that the compiler goes through.
    const passes = PASSES as Record<string, Pass>;
    passes['sums'] = wrong;
    try {
      expect((await fuzzed(4, 60)).failures[0]?.kind).toMatch(/passes/);
    } finally {
      passes['sums'] = right;
    }
  });

  // It takes as long as all of the tests above: few definitions have such a network.
  it.runIf(IS_LONG)('a network that is computed twice, with two draws of its noise, where once is right', async () => {
    planted.wiring = true;
    const { failures } = await fuzzed(5, 400);
    expect(failures[0]?.message).toContain('draws are needed');
  });
});
