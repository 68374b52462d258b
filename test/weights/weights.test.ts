import { describe, expect, it } from 'vitest';
import { WeightsMismatch } from '../../src/errors.ts';
import { checkFingerprint, checkWeights, type Weight } from '../../src/weights/weights.ts';

const weight = (...shape: number[]): Weight => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
const expected = [
  { name: 'decoder/dense/kernel', shape: [30, 200] },
  { name: 'decoder/dense/bias', shape: [200] },
  { name: 'decoder/scale', shape: [] },
];

describe('weights of a model', () => {
  it('are its parameters, in any order', () => {
    const fitting = new Map([
      ['decoder/scale', weight()],
      ['decoder/dense/bias', weight(200)],
      ['decoder/dense/kernel', weight(30, 200)],
    ]);
    expect(() => checkWeights('w', expected, fitting)).not.toThrow();
  });

  it('are refused with the name of each parameter that differs, and how', () => {
    const others = new Map([
      ['decoder/dense/kernel', weight(20, 200)],
      ['decoder/scale', weight(1)],
      ['prior/dense/kernel', weight(3)],
    ]);
    expect(() => checkWeights('run/weights.safetensors', expected, others)).toThrow(
      new WeightsMismatch(
        'run/weights.safetensors: expected the 3 parameters of this model, got weights that differ ' +
          '(decoder/dense/kernel has shape [20, 200] instead of [30, 200], decoder/dense/bias is missing, ' +
          'decoder/scale has shape [1] instead of [], prior/dense/kernel is not a parameter of this model); ' +
          'use the definition that they were trained with, or train this one',
      ),
    );
  });

  it('hold as many numbers as their shape says', () => {
    const short = new Map([['a', { shape: [2, 3], data: new Float32Array(5) }]]);
    expect(() => checkWeights('w', [{ name: 'a', shape: [2, 3] }], short)).toThrow('a holds 5 numbers instead of 6');
  });

  it('that differ in everything name each parameter', () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ name: `p${i}`, shape: [i] }));
    expect(() => checkWeights('w', many, new Map())).toThrow(/p7 is missing, .*p10 is missing\)/);
    expect(() => checkWeights('w', many.slice(0, 8), new Map())).toThrow(/p7 is missing\)/);
  });
});

describe('a fingerprint', () => {
  it('that differs says so, and one that is not there passes', () => {
    const mine = '0123456789abcdef'.repeat(4);
    expect(() => checkFingerprint('w', mine, { fingerprint: mine })).not.toThrow();
    expect(() => checkFingerprint('w', mine, { format: 'pt' })).not.toThrow();
    expect(() => checkFingerprint('w', mine, { fingerprint: 'fedcba9876543210' })).toThrow(WeightsMismatch);
    expect(() => checkFingerprint('w', mine, { fingerprint: 'fedcba9876543210' })).toThrow(
      'w: expected weights of the model with fingerprint 0123456789ab…, got those of fedcba987654…',
    );
  });
});
