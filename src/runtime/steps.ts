import { size } from '../shape/size.ts';
import type { ExportedFile, Manifest } from '../signature.ts';
import type { Inside } from './model.ts';
import type { FileRunner } from './sessions.ts';
import { writeSteps, type Arrays } from './write-steps.ts';

/**
 * Returns a model whose y is written step by step, by its files `start` and `step`. To what `make` creates, these are two
 * others that give all of y in one call: `decoder`, and `draw`, which draws y from noise.
 */
export const inSteps = (
  manifest: Manifest,
  engine: FileRunner,
  make: (manifest: Manifest, engine: FileRunner) => Inside,
): Inside => {
  const { target, files } = manifest;
  const { start, step } = files;
  if (!start || !step) return make(manifest, engine);
  const run: FileRunner['run'] = async (part, inputs) => {
    if (part !== 'decoder' && part !== 'draw') return engine.run(part, inputs);
    const rows = Object.values(inputs)[0]?.shape[0] ?? 0;
    const { uniform, ...given } = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]));
    const written = await writeSteps(
      manifest,
      (file, all) => runFile(engine, files, file, all, rows),
      rows,
      given,
      uniform,
    );
    return Object.fromEntries(Object.entries(written).map(([name, data]) => [name, { data, shape: [rows] }]));
  };
  const virtual = { ...manifest, files: { ...files, ...together(manifest, start, step) } };
  const model = make(virtual, { ...engine, run });
  return {
    ...model,
    signature: manifest,
    sample: async (given, options = {}) => {
      const found = await model.sample(given, options);
      // A draw of classes is their indices.
      const isClasses = options.draw === true && !target.targets;
      return isClasses ? { ...found, shape: [found.shape[0] ?? 0, ...target.dataShape] } : found;
    },
  };
};

const runFile = async (
  engine: FileRunner,
  files: Manifest['files'],
  part: 'start' | 'step',
  inputs: Arrays,
  rows: number,
): Promise<Arrays> => {
  const taken = Object.entries(files[part]?.inputs ?? {}).flatMap(([name, shape]) => {
    const data = inputs[name];
    return data ? [[name, { data, shape: [rows, ...shape] }] as const] : [];
  });
  const found = await engine.run(part, Object.fromEntries(taken));
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
};

/** Returns the files that give all steps in one call, as a manifest would describe them. */
const together = (
  { target, latent, conditions }: Manifest,
  start: ExportedFile,
  step: ExportedFile,
): { readonly decoder: ExportedFile; readonly draw: ExportedFile } => {
  const targets = Object.entries(target.targets ?? { y: target });
  const [count = 0] = targets[0]?.[1].shape ?? [];
  const all = { ...start.inputs, ...step.inputs };
  const inputs = Object.fromEntries(
    Object.entries(all).filter(([name]) => name === 'z' || Object.hasOwn(conditions, name)),
  );
  const isOwn = target.distribution === 'custom';
  const whole = Object.entries(step.outputs).filter(
    ([name]) => !name.startsWith('next_') && !(isOwn && name === 'draw'),
  );
  const means = Object.fromEntries(whole.map(([name, shape]) => [name, [count, ...shape]]));
  const drawn = Object.fromEntries(targets.map(([name, { dataShape }]) => [name, dataShape]));
  // One input at least, which says how many rows there are.
  const decoder = { ...step, inputs: { z: [latent], ...inputs }, outputs: means };
  const noise = { uniform: [size(target.dataShape)] };
  return { decoder, draw: { ...decoder, inputs: { ...decoder.inputs, ...noise }, outputs: { ...means, ...drawn } } };
};
