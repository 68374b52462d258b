import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OnnxBuilder, type Value } from '../../src/onnx/builder.ts';
import { encode, encodeExternal } from '../../src/onnx/encode.ts';
import { irVersionOf, OPSET } from '../../src/onnx/schema.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import {
  EXAMPLE_KEY,
  LABEL_KEY,
  PARTS,
  type Example,
  type ExportedFile,
  type Manifest,
  type Part,
  type Signature,
} from '../../src/signature.ts';

/** How the tests' models are described: what they are, and how each part computes its outputs. */
export interface Recipe {
  readonly signature: Omit<Signature, 'format' | 'library' | 'fingerprint' | 'opset'>;
  readonly parts: Readonly<Partial<Record<Part, PartRecipe>>>;
  /** Whether weights go into files of their own. */
  readonly external?: boolean;
}

export interface PartRecipe {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly unused?: readonly string[];
  readonly write: (onnx: OnnxBuilder, inputs: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>;
}

/** A matrix whose elements are known and all different: sin of their number, scaled. */
export const matrix = (rows: number, columns: number, scale = 1): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1) * scale);

/** x · matrix(rows, columns), in ONNX. */
export const dense = (onnx: OnnxBuilder, x: Value, rows: number, columns: number, scale = 1): Value =>
  onnx.MatMul(x, onnx.constant(tensorOf('float32', [rows, columns], matrix(rows, columns, scale))));

/** x · matrix(rows, columns), in plain loops. */
export const denseHere = (x: ArrayLike<number>, rows: number, columns: number, scale = 1): number[] => {
  const w = matrix(rows, columns, scale);
  return Array.from({ length: columns }, (_, c) =>
    Array.from({ length: rows }, (_, r) => (x[r] ?? 0) * (w[r * columns + c] ?? 0)).reduce((a, b) => a + b, 0),
  );
};

/** Writes a model's files and its `model.json`, as an export does, and gives the manifest. */
export const writeModel = async (
  folder: string,
  { signature, parts, external = false }: Recipe,
  examples: Readonly<Partial<Record<Part, Example>>> = {},
): Promise<Manifest> => {
  const whole: Signature = {
    format: 1,
    library: 'cvae-compile test',
    fingerprint: '0'.repeat(64),
    opset: OPSET,
    ...signature,
  };
  const files: Partial<Record<Part, ExportedFile>> = {};
  for (const part of PARTS) {
    const recipe = parts[part];
    if (recipe === undefined) continue;
    const { inputs, outputs, unused = [], write } = recipe;
    const onnx = new OnnxBuilder(part);
    const given = Object.entries(inputs).map(([name, shape]) => [name, onnx.input(name, 'float32', ['N', ...shape])]);
    const found = write(onnx, Object.fromEntries(given));
    for (const [name, shape] of Object.entries(outputs)) {
      const value = found[name];
      if (value) onnx.output(name, value, 'float32', ['N', ...shape]);
    }
    const model = {
      graph: onnx.graph(),
      opset: OPSET,
      irVersion: irVersionOf(OPSET),
      metadata: {
        [LABEL_KEY]: JSON.stringify({ ...whole, part, inputs, outputs, unused }),
        ...(examples[part] && { [EXAMPLE_KEY]: JSON.stringify(examples[part]) }),
      },
      producer: { name: 'cvae-compile', version: 'test' },
    };
    const file = `${part}.onnx`;
    if (!external) {
      files[part] = { ...(await put(folder, file, encode(model))), inputs, outputs, unused };
      continue;
    }
    const { bytes, chunks } = encodeExternal(model, `${file}.data`);
    const data = new Uint8Array(Math.max(0, ...chunks.map((chunk) => chunk.offset + chunk.bytes.length)));
    for (const chunk of chunks) data.set(chunk.bytes, chunk.offset);
    const beside = await put(folder, `${file}.data`, data);
    files[part] = { ...(await put(folder, file, bytes)), inputs, outputs, unused, external: beside };
  }
  const manifest: Manifest = { ...whole, files };
  await writeFile(join(folder, 'model.json'), JSON.stringify(manifest, undefined, 2));
  return manifest;
};

const put = async (folder: string, file: string, bytes: Uint8Array) => {
  await writeFile(join(folder, file), bytes);
  return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
};
