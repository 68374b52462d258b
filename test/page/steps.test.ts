import { expect, test } from 'vitest';
import {
  categorical,
  concat,
  constant,
  cvae,
  flatten,
  gaussian,
  heads,
  mlp,
  normal,
  reshape,
  steps,
} from 'cvae-compile';
import type { Own } from '../../playground/src/ask/own.ts';
import { readRow, type Row } from '../../playground/src/ask/paste.ts';
import { readSteps, stepsText } from '../../playground/src/ask/steps.ts';
import { sequencesOf } from '../../playground/src/view/sequences.ts';
import { compile } from '../../src/export/compile.ts';
import type { Manifest } from '../../src/signature.ts';
import { trainedWeights } from '../compiler/weights.ts';

// Visits of at most ten pages, the seconds on each, and where a visit ends; as `csv` with `by` names their elements.

const LENGTH = 10;
const ends = { page: categorical('home', 'cart, full', { at: [LENGTH] }), more: categorical('yes', 'end', { at: [LENGTH], end: 'end' }) }; // prettier-ignore
const targets = { ...ends, seconds: normal(LENGTH, 1, { mask: true }) };
const elements = (column: string): readonly string[] =>
  Array.from({ length: LENGTH }, (_, step) => `${column} ${step + 1}`);
const model = cvae({
  condition: { device: categorical('desktop', 'phone') },
  target: targets,
  latent: 2,
  recognition: ({ y, device }) => concat(flatten(y.page), flatten(y.more), flatten(y.seconds), device).pipe(gaussian(2)), // prettier-ignore
  decoder: ({ z, device }) =>
    steps(
      targets,
      {
        start: { page: constant([2], 0), more: constant([2], 0), seconds: constant([1], 0) },
        state: concat(z, device),
      },
      ({ previous, state }) => ({
        out: concat(previous.page, previous.more, previous.seconds, state).pipe(
          heads({ page: categorical('home', 'cart, full'), more: categorical('yes', 'end'), seconds: normal(1) }),
        ),
        state,
      }),
    ),
});
const names = { seconds: { elements: elements('Seconds on page'), units: elements('').map(() => '') } };
const { manifest } = compile(model, trainedWeights(model), { name: 'visits', names });
const sequences = sequencesOf(manifest) ?? [];
const read = (text: string): Row | string => readSteps(manifest, sequences, text);
const filled = (given: readonly number[], behind: number): readonly number[] =>
  Array.from({ length: LENGTH }, (_, i) => given[i] ?? behind);
const own: Own = { page: filled([0, 1, 0], 0), more: filled([0, 0, 0], 1), seconds: filled([4.5, NaN, 31], NaN) };

test('a sequence is written as a table up to its end, and read again as it was', () => {
  expect(stepsText(sequences, own).split('\n')).toEqual([
    'page,         Seconds on page',
    'home,                     4.5',
    '"cart, full",                ',
    'home,                      31',
  ]);
  expect(read(stepsText(sequences, own))).toEqual({ own, values: {}, left: [] });
  expect(read('home; 4.5\n"cart, full";\nhome; 31')).toMatchObject({ own });
});

test('rows of a long table are taken by their names, in any order, with the conditions beside them', () => {
  const text =
    'visit\tdevice\tSeconds on page\tpage\n7\tphone\t4.5\thome\n7\tphone\t\tcart, full\n7\tphone\t31\thome\n';
  expect(read(text)).toEqual({ own, values: { device: { kind: 'class', index: 1 } }, left: ['visit'] });
});

test('what is wrong is said of the step where it is', () => {
  expect(read('home, 1\ncarrt, 2')).toBe('step 2: “carrt” is not a class of page');
  expect(read('home, 1\nhome, soon')).toBe('step 2: “soon” of Seconds on page is not a number');
  expect(read('home, 1\nhome, 1, 2')).toBe('step 2: 3 cells; give 2: page, Seconds on page');
  expect(read('page, when\nhome, 1')).toBe('the first line lacks Seconds on page');
  expect(read('home, 1\n'.repeat(11))).toBe('11 steps; give at most 10');
  expect(read(' ')).toBe('no steps; give at least one');
});

test('a word is written as one, and a sequence without an end has all of its steps', () => {
  const word = (...classes: readonly [string, string, ...string[]]): Manifest => {
    const one = cvae({
      condition: {},
      target: categorical(...classes, { at: [9] }),
      latent: 1,
      recognition: ({ y }) => y.pipe(flatten, gaussian(1)),
      decoder: ({ z }) => z.pipe(mlp([9 * classes.length]), reshape(9, classes.length)),
    });
    return compile(one, trainedWeights(one)).manifest;
  };
  const y = [0, 1, 1, 0, 1, 0, 0, 0, 1];
  for (const [letters, text] of [
    [word('a', 'b'), 'abbabaaab'],
    [word('up', 'down'), 'up down down up down up up up down'],
    [word('go up', 'down'), 'go up\ndown\ndown\ngo up\ndown\ngo up\ngo up\ngo up\ndown'],
  ] as const) {
    const all = sequencesOf(letters) ?? [];
    expect(stepsText(all, { y })).toBe(text);
    expect(readSteps(letters, all, text)).toMatchObject({ own: { y } });
    expect(readSteps(letters, all, text.slice(0, -5).trim())).toMatch(/^\d steps; give 9$|is not a class of y$/);
  }
});

test('a row is pasted below names of columns with commas and brackets, and classes with semicolons', () => {
  const one = cvae({
    condition: { kind: categorical('a; b', 'c') },
    target: { price: normal(1), weight: normal(1) },
    latent: 1,
    recognition: ({ y, kind }) => concat(y.price, y.weight, kind).pipe(gaussian(1)),
    decoder: ({ z, kind }) => ({ price: concat(z, kind).pipe(mlp([1])), weight: concat(z, kind).pipe(mlp([1])) }),
  });
  const called = {
    price: { elements: ['Price (€, incl. VAT)'], units: [''] },
    weight: { elements: ['Weight'], units: ['kg'] },
  };
  const { manifest: own } = compile(one, trainedWeights(one), { name: 'orders', names: called });
  expect(readRow(own, '"Price (€, incl. VAT)",Weight (kg),kind\n23.5,2,"a; b"')).toEqual({
    own: { price: [23.5], weight: [2] },
    values: { kind: { kind: 'class', index: 0 } },
    left: [],
  });
});
