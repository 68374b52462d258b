import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { cli } from '../cli/support/cli.ts';

/** The folder of the definitions. */
export const ZOO = fileURLToPath(new URL('../../examples/zoo', import.meta.url));

/** Definitions that train and are verified within a second or two: the others are tested in test/long. */
export const QUICK: readonly string[] = ['dialogue.ts', 'mnist.ts', 'scvi.ts', 'sketch-rnn.ts', 'smiles.ts', 'tvae.ts'];

/** All definitions, without rows.ts, which others import. */
export const MODELS: readonly string[] = readdirSync(ZOO).filter((file) => file.endsWith('.ts') && file !== 'rows.ts');

/** Losses that are no distribution, from which nothing can be drawn. */
const NO_DISTRIBUTION = ['squaredError', 'absoluteError'];

/** Trains a definition for three steps, exports it, which verifies it, and samples it in Node, given an example's conditions. */
export const trainExportSample = async (file: string, folder: string): Promise<void> => {
  const path = join(ZOO, file);
  const run = join(folder, file);
  const files = join(run, 'onnx');
  // Of 20 examples 2 are for validation, and what remains has no smaller batch at its end, which would need a session of its own.
  const short = ['--epochs', '1', '--limit', '20', '--batch', '6', '--engine', 'onnx', '--no-report'];
  const trained = await cli('train', path, '--out', run, ...short, '--json');
  expect(trained.code, trained.err).toBe(0);
  expect(JSON.parse(trained.out)).toMatchObject({
    engine: { name: 'onnxruntime-node' },
    test: { negativeElbo: expect.any(Number) },
  });
  const exported = await cli('export', path, '--weights', run, '--out', files, '--json');
  expect(exported.code, exported.err).toBe(0);
  expect(JSON.parse(exported.out).largest).toBeLessThan(1e-5);

  await using model = await open(files);
  expect(await model.selfTest()).toMatchObject({ passed: true });
  const draw = !NO_DISTRIBUTION.includes(model.signature.target.distribution);
  const given = conditionsIn(files) ?? zeros(Object.keys(model.signature.conditions));
  for (const options of [{ draw: false }, { draw }]) {
    const samples: unknown = await model.sample(given, { count: 3, seed: 1, ...options });
    const values = valuesOf(samples);
    expect(values.length).toBeGreaterThanOrEqual(3);
    expect(values.every(Number.isFinite)).toBe(true);
    // Another z gives other values.
    expect(new Set(values).size).toBeGreaterThan(1);
  }
};

/** The conditions of the first example in a model's folder; there is none for several targets. */
const conditionsIn = (folder: string): Record<string, never> | undefined => {
  const file = join(folder, 'examples.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).examples[0].conditions : undefined;
};

/** The first class of each condition. */
const zeros = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 0]));

/** The numbers of a target's samples, or of those of several targets by name. */
const valuesOf = (samples: unknown): readonly number[] => {
  if (typeof samples !== 'object' || samples === null) return [];
  if ('data' in samples && samples.data instanceof Float32Array) return [...samples.data];
  return Object.values(samples).flatMap(valuesOf);
};
