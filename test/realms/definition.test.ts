import { describe, expect, it } from 'vitest';
import { everywhere, MODEL } from './realm.ts';

// Definitions whose arrays, objects, functions and errors are of another realm, or objects without a prototype.

describe('a definition', () => {
  it('is the same whatever realm it is written in', async () => {
    const text = await everywhere(`lib.print(${MODEL})`);
    expect(text).toContain('scaleBy');
    expect(text.length).toBeGreaterThan(1000);
  });

  it.each([
    `lib.print(lib.cvae(o({
      condition: {},
      target: lib.multiScale(lib.categorical(2, o({ at: [8, 8] })), o({ half: 2, constructor: 4 })),
      latent: 1,
      recognition: ({ y }) => y.pipe(lib.flatten, lib.gaussian(1)),
      decoder: ({ z }) => {
        const all = z.pipe(lib.dense(128), lib.reshape(8, 8, 2));
        const half = all.pipe(lib.maxPool2d());
        return o({ logits: all, half, constructor: half.pipe(lib.maxPool2d()) });
      },
    })))`,
    `lib.print(lib.cvae(o({
      condition: {},
      target: lib.distribution('laplace', [4], o({
        parameters: { mean: [4], logScale: [4] },
        mean: ({ mean }) => mean,
        nll: ({ mean, logScale }, y) => lib.add(lib.mul(lib.square(lib.sub(y, mean)), lib.exp(lib.mul(logScale, -1))), logScale),
        draw: ({ mean, logScale }, noise) => lib.add(mean, lib.mul(noise, lib.exp(logScale))),
        noise: 'normal',
      })),
      latent: 1,
      recognition: ({ y }) => y.pipe(lib.gaussian(1)),
      decoder: ({ z }) => o({ mean: z.pipe(lib.dense(4)), logScale: z.pipe(lib.dense(4)) }),
    })))`,
    `lib.print(lib.predictor(o({
      condition: { x: lib.continuous(2), valueOf: lib.image(4, 4, 1) },
      target: lib.bernoulli(4, o({ image: [2, 2, 1], mask: 'x' })),
      network: ({ x, valueOf }) => lib.concat(x, valueOf.pipe(lib.conv2d(2, o({ kernel: 3, stride: 2 })), lib.flatten)).pipe(lib.dense(4)),
    })))`,
  ])('has parts that are the same %#', async (script) => {
    expect(await everywhere(script)).toMatch(/^"(cvae|predictor|.*\\n)/);
  });

  it.each([
    [
      `lib.network('n', o({ x: lib.continuous(2) }), function f(x) { return f(x); })`,
      'InvalidModel: n: expected a body that ends, got a function that calls itself endlessly; add a condition that stops the recursion',
    ],
    [
      `lib.network('n', o({ x: lib.continuous(2) }), ({ x, constructor }) => lib.add(x, constructor))`,
      'InvalidModel: n: expected one of x, got constructor; use what it is given',
    ],
    [
      `lib.network('n', o({ x: lib.continuous(2) }), ({ x, toString }) => x)`,
      'InvalidModel: n: expected one of x, got toString; use what it is given',
    ],
    [`lib.network('n', o({ x: lib.continuous(2) }), () => { throw new TypeError('mine'); })`, 'TypeError: mine'],
    [
      `lib.network('n', new Map(), ({ x }) => x)`,
      'InvalidModel: network: expected the inputs by name, each a variable, got a Map; give what the body takes: { x: continuous(3) }',
    ],
    [
      `lib.network('n', o({ x: lib.continuous(2) }), () => new Date(0))`,
      'InvalidModel: n: expected its body to return a tensor or a record of tensors, got a Date; return a tensor, such as dense(10)(x)',
    ],
    [
      `lib.network('n', o({ x: new Error('x') }), ({ x }) => x)`,
      'InvalidModel: n/x: expected a variable such as categorical(10), got an Error; say what it is',
    ],
    [
      `lib.network('n', o({ x: lib.continuous(2) }), () => lib.parameter('p', [2], () => Float64Array.of(1, 2)))`,
      'InvalidModel: n/parameter_1: expected an initialiser that gives a Float32Array of 2 finite numbers for p, got an array of 2; give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does',
    ],
    [
      `lib.cvae(o({
        condition: { x: lib.continuous(2) },
        target: lib.normal(2),
        latent: 1,
        baseline: lib.network('b', o({ toString: lib.continuous(2) }), ({ toString }) => toString),
        decoder: ({ z }) => z.pipe(lib.dense(2)),
      }))`,
      'InvalidModel: b: expected conditions as inputs, got toString; the conditions are x',
    ],
  ])('is refused in the same words: %s', async (script, sentence) => {
    expect(await everywhere(script)).toBe(sentence);
  });
});
