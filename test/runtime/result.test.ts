import { describe, expect, it } from 'vitest';
import { InvalidData } from '../../src/errors.ts';
import { toRgba } from '../../src/runtime/picture.ts';
import { outputs } from '../../src/runtime/result.ts';
import type { TargetSignature } from '../../src/signature.ts';

const grey: TargetSignature = { distribution: 'bernoulli', shape: [4], dataShape: [4], image: [2, 2, 1] };
const colour: TargetSignature = { distribution: 'normal', shape: [1, 2, 3], dataShape: [1, 2, 3], image: [1, 2, 3] };

describe('an image of a result', () => {
  it('has pixels from 0 to 255, and clamps what lies outside', () => {
    const result = outputs(grey, { data: Float32Array.of(0, 0.5, 1, 0.2, -1, 2, 0.999, 0.001), shape: [2, 4] });
    expect(result.image()).toEqual({ width: 2, height: 2, channels: 1, data: Uint8ClampedArray.of(0, 128, 255, 51) });
    expect(result.image(1).data).toEqual(Uint8ClampedArray.of(0, 255, 255, 0));
    expect(() => result.image(2)).toThrow('image: expected a row from 0 to 1, got 2; correct it');
    expect(() => result.image(0.5)).toThrow(InvalidData);
  });

  it('keeps colours, channels last', () => {
    const { image } = outputs(colour, { data: Float32Array.of(1, 0, 0, 0, 0, 1), shape: [1, 1, 2, 3] });
    expect(image()).toEqual({ width: 2, height: 1, channels: 3, data: Uint8ClampedArray.of(255, 0, 0, 0, 0, 255) });
  });

  it('shows classes as shades: the likeliest of each pixel, or the one drawn', () => {
    const target: TargetSignature = { distribution: 'categorical', shape: [1, 2, 3], dataShape: [1, 2], classes: 3 };
    const chances = outputs(target, { data: Float32Array.of(0.1, 0.8, 0.1, 0, 0.1, 0.9), shape: [1, 1, 2, 3] });
    expect(chances.image()).toEqual({ width: 2, height: 1, channels: 1, data: Uint8ClampedArray.of(128, 255) });
    const drawn = outputs(target, { data: Float32Array.of(0, 2), shape: [1, 1, 2] });
    expect(drawn.image().data).toEqual(Uint8ClampedArray.of(0, 255));
  });

  it('is refused for a target that is not an image', () => {
    const target: TargetSignature = { distribution: 'normal', shape: [5], dataShape: [5] };
    expect(() => outputs(target, { data: new Float32Array(5), shape: [1, 5] }).image()).toThrow(
      'image: expected a target that is an image, got one of [5]; define its image',
    );
  });
});

describe('a grid of a result', () => {
  const four = outputs(grey, { data: Float32Array.from({ length: 12 }, (_, i) => i / 255), shape: [3, 4] });

  it('has its images side by side, and black where there is none', () => {
    expect(four.grid(2)).toEqual({
      width: 4,
      height: 4,
      channels: 1,
      data: Uint8ClampedArray.of(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 0, 0, 10, 11, 0, 0),
    });
    expect(four.grid(3)).toMatchObject({ width: 6, height: 2 });
    expect(four.grid(1)).toMatchObject({ width: 2, height: 6 });
  });

  it('is about square, or as wide as there are samples of a condition', () => {
    expect(four.grid()).toMatchObject({ width: 4, height: 4 });
    const data = new Float32Array(24);
    expect(outputs(grey, { data, shape: [6, 4] }, 3).grid()).toMatchObject({ width: 6, height: 4 });
    expect(() => four.grid(0)).toThrow('grid: expected at least 1 column, got 0; correct it');
  });
});

describe('a picture for a page', () => {
  it('has four channels, whatever it had before', () => {
    const rgba = (channels: number, ...data: number[]) =>
      toRgba({ width: data.length / channels, height: 1, channels, data: Uint8ClampedArray.from(data) });
    expect(rgba(1, 7, 9).data).toEqual(Uint8ClampedArray.of(7, 7, 7, 255, 9, 9, 9, 255));
    expect(rgba(2, 7, 100).data).toEqual(Uint8ClampedArray.of(7, 7, 7, 100));
    expect(rgba(3, 1, 2, 3).data).toEqual(Uint8ClampedArray.of(1, 2, 3, 255));
    expect(rgba(4, 1, 2, 3, 4)).toEqual({ width: 1, height: 1, channels: 4, data: Uint8ClampedArray.of(1, 2, 3, 4) });
  });
});
