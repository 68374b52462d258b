import { distanceOf, type Distance } from '../distance.ts';
import { InvalidFile, Unavailable } from '../errors.ts';
import { EXAMPLE_KEY } from '../formats/keys.ts';
import { size } from '../shape/size.ts';
import type { Example, Interface, Manifest, Part } from '../signature.ts';
import { readMetadata } from './metadata.ts';
import type { Backend } from './open-options.ts';
import type { FileRunner, Source } from './sessions.ts';

/** How far the outputs of a model's files are from those that were computed in float64 when it was exported. */
export interface SelfTest {
  /** Whether all distances are within the tolerance. */
  readonly passed: boolean;
  /** 1e-5, on WebGPU 1e-4. */
  readonly tolerance: number;
  /** The largest |a − b| / (1 + |b|), for a measured and b expected; for a standardised y, in its standard deviations. */
  readonly largest: number;
  /** The same for each part. */
  readonly parts: Readonly<Partial<Record<Part, number>>>;
}

/** The examples that files carry, as text, by part; none for files that were exported without them. */
export type Examples = ReadonlyMap<Part, { readonly text: string; readonly where: string }>;

/** Extracts the examples from files, before their bytes are handed on. */
export const examplesOf = (sources: ReadonlyMap<Part, Source>): Examples =>
  new Map(
    [...sources].flatMap(([part, { bytes, where }]) => {
      const text = readMetadata(bytes, where).get(EXAMPLE_KEY);
      return text === undefined ? [] : [[part, { text, where }] as const];
    }),
  );

/**
 * Runs each part on its example. Throws an `Unavailable` for a model that carries none, an `InvalidFile` for one that cannot be
 * read.
 */
export const runExamples = async (
  engine: FileRunner,
  { name, files, target }: Manifest,
  examples: Examples,
  backend: Backend['name'],
): Promise<SelfTest> => {
  if (examples.size === 0)
    throw new Unavailable(
      `${name}: expected files that carry an example, got none, as after opening it with other weights; open it without those, or export it again`,
    );
  const parts: Partial<Record<Part, number>> = {};
  for (const [part, { text, where }] of examples) {
    const file = files[part];
    if (file === undefined) continue;
    const { inputs, outputs, digits = 6 } = parse(text, where, file);
    const feeds = Object.entries(file.inputs).map(
      ([input, shape]) => [input, { data: Float32Array.from(inputs[input] ?? []), shape: [1, ...shape] }] as const,
    );
    const found = await engine.run(part, Object.fromEntries(feeds));
    const distances = Object.keys(file.outputs).map((output) =>
      farthest(found[output]?.data, outputs[output] ?? [], distanceOf(output, target, { digits })),
    );
    parts[part] = Math.max(...distances);
  }
  const tolerance = backend === 'webgpu' ? 1e-4 : 1e-5;
  const largest = Math.max(...Object.values(parts));
  return { passed: largest <= tolerance, tolerance, largest, parts };
};

/** Returns the largest distance; infinite if a number is missing or NaN. */
const farthest = (found: Float32Array | undefined, expected: readonly number[], distance: Distance): number =>
  expected.reduce((largest, b, i) => {
    const far = distance(found?.[i] ?? NaN, b, i);
    return far <= largest ? largest : far || Infinity;
  }, 0);

// Without its schema, which a page need not load for it: a file whose SHA-256 differs from its manifest's was refused before.
const parse = (text: string, where: string, file: Interface): Example => {
  try {
    const found: Example = JSON.parse(text);
    const all = Object.entries({ ...file.inputs, ...file.outputs });
    const numbers = { ...found.inputs, ...found.outputs };
    const fits = ([name, shape]: (typeof all)[number]): boolean =>
      numbers[name]?.filter(Number.isFinite).length === size(shape);
    const { digits = 6 } = found;
    if (digits > 0 && all.every(fits)) return found;
  } catch {
    // Refused below.
  }
  throw new InvalidFile(`${where}: expected an example in its metadata, got other text; export the model again`);
};

/** Refuses a GPU on which files give other numbers than their examples say: such adapters exist. */
export const proveOnGpu = async (
  engine: FileRunner,
  manifest: Manifest,
  sources: ReadonlyMap<Part, Source>,
): Promise<void> => {
  const examples = examplesOf(sources);
  if (examples.size === 0) return;
  const { passed, largest } = await runExamples(engine, manifest, examples, 'webgpu');
  if (!passed) throw new Error(`its numbers are wrong by ${largest}`);
};
