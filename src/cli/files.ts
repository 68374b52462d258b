import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { decode } from '../onnx/decode.ts';
import { ELEMENT, isFloat } from '../onnx/dtype.ts';
import type { OnnxGraph, OnnxModel } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { parseManifest } from '../formats/manifest.ts';
import { readLabel } from '../runtime/label.ts';
import { size } from '../shape/size.ts';
import { MANIFEST_FILE, type Signature } from '../signature.ts';
import { targetFacts, total, type Layer, type Inspection, type Section } from './inspection.ts';

/**
 * Describes an exported ONNX file, node by node. @throws InvalidFile for a file that is truncated, or not one of this package.
 */
export async function describeFile(path: string): Promise<Inspection> {
  const bytes = await read(path, 'an ONNX file');
  const label = readLabel(bytes, path);
  const model = decode(bytes, { file: path, external: beside(path) });
  const section = sectionOf(label.part, model);
  return {
    of: 'file',
    facts: { ...facts(label), part: label.part, opset: model.opset, irVersion: model.irVersion },
    sections: [section],
    parameters: section.parameters,
    bytes: bytes.length,
  };
}

/** Describes an exported folder: each of its files. @throws InvalidFile if it is not one, or a file of it is missing. */
export async function describeFolder(folder: string): Promise<Inspection> {
  const where = join(folder, MANIFEST_FILE);
  const manifest = parseManifest(new TextDecoder().decode(await read(where, 'an exported model')), where);
  const sections = await Promise.all(
    Object.entries(manifest.files).map(async ([part, { file, bytes, external }]) => {
      const path = join(folder, file);
      const found = await read(path, `the model's ${part}`);
      const section = sectionOf(part, decode(found, { file: path, external: beside(path) }));
      return { ...section, name: file, bytes: bytes + (external?.bytes ?? 0) };
    }),
  );
  return { of: 'folder', facts: { ...facts(manifest), opset: manifest.opset }, sections, ...total(sections) };
}

const read = async (path: string, expected: string): Promise<Uint8Array> => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw new InvalidFile(
      `${path}: expected ${expected}, got ${found ? 'a folder' : 'no such file'}; correct the path, or export the model`,
    );
  return readFile(path);
};

/** Returns a reader of the weights in a file's external data, which is read on demand. */
const beside = (path: string) => {
  const files = new Map<string, Uint8Array>();
  return (location: string, offset: number, length: number): Uint8Array => {
    const file = join(dirname(path), basename(location));
    try {
      const bytes = files.get(file) ?? readFileSync(file);
      files.set(file, bytes);
      return bytes.subarray(offset, offset + length);
    } catch {
      throw new InvalidFile(
        `${file}: expected the weights of ${path}, got no file that can be read; export the model again`,
      );
    }
  };
};

const facts = ({ name, kind, conditions, target, latent, fingerprint, library }: Signature) => ({
  name,
  model: kind,
  conditions: Object.fromEntries(
    Object.entries(conditions).map(([key, { kind: sort, shape }]) => [key, { kind: sort, shape }]),
  ),
  target: targetFacts(target),
  latent,
  fingerprint,
  library,
});

/**
 * Describes a file's nodes. A constant belongs to the first node that uses it; its numbers are parameters if they are floats. Of weights that
 * are stored as whole numbers, the parameters are the floats that nodes make of them, and belong to the first node that uses those.
 */
const sectionOf = (name: string, { graph, opset }: OnnxModel): Section => {
  const types = infer(graph, opset);
  const used = new Set<string>();
  const unpacked = unpackedIn(graph);
  const layers = graph.nodes.map(({ name: node, op, inputs, outputs }): Layer => {
    const unpacks = outputs.some((output) => unpacked.has(output));
    const own = inputs.flatMap((input) => {
      const tensor = graph.initializers.get(input);
      if (used.has(input) || !(tensor || (unpacked.has(input) && !unpacks))) return [];
      used.add(input);
      if (!tensor) return [{ parameters: size((types.get(input)?.shape ?? []).map(Number)), bytes: 0 }];
      const count = size(tensor.shape);
      const { bytes } = ELEMENT[tensor.dtype];
      return [{ parameters: isFloat(tensor.dtype) && !unpacks ? count : 0, bytes: count * bytes }];
    });
    return { name: node, op, shape: types.get(outputs[0] ?? '')?.shape ?? [], ...total(own) };
  });
  const shapes = (values: typeof graph.inputs) => Object.fromEntries(values.map((value) => [value.name, value.shape]));
  return { name, inputs: shapes(graph.inputs), outputs: shapes(graph.outputs), layers, ...total(layers) };
};

/** Returns the names of what a graph computes from constants alone of which some are bytes: weights that are stored as whole numbers. */
const unpackedIn = ({ nodes, initializers }: OnnxGraph): ReadonlySet<string> => {
  const constants = new Set(initializers.keys());
  const unpacked = new Set<string>();
  const isWhole = (name: string): boolean => {
    const dtype = initializers.get(name)?.dtype;
    return dtype === 'int8' || dtype === 'uint8' || unpacked.has(name);
  };
  for (const { inputs, outputs } of nodes) {
    if (!inputs.every((name) => name === '' || constants.has(name))) continue;
    for (const name of outputs) {
      constants.add(name);
      if (inputs.some(isWhole)) unpacked.add(name);
    }
  }
  return unpacked;
};
