import { InvalidArgumentError } from 'commander';
import type { Device } from '../onnxruntime.ts';

/** Where onnxruntime computes, as `--device` names it. */
export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const satisfies readonly Device[];

/** Returns a reader of an option that is a whole number from `least` to `most`. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value;
    const range = value > most ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };

/** Returns a reader of an option that is a number above 0, or from 0 on, up to `most`. */
export const positive =
  ({ zero = false, most = Number.MAX_VALUE } = {}) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (value <= most && (value > 0 || (value === 0 && zero))) return value;
    const upTo = most === Number.MAX_VALUE ? '' : `, at most ${most}`;
    throw new InvalidArgumentError(`Expected a number ${zero ? 'of at least' : 'above'} 0${upTo}.`);
  };

/** Returns a reader of an option that is one of a few words. */
export const oneOf =
  <const W extends string>(...words: readonly W[]) =>
  (text: string): W => {
    const word = words.find((w) => w === text);
    if (word === undefined) throw new InvalidArgumentError(`Expected ${words.join(', ')}.`);
    return word;
  };

/** Returns the usage examples under a command's help. */
export const examples = (...lines: readonly string[]): string =>
  `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  $ cvae-compile ${line}`).join('\n')}\n`;
