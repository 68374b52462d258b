import { InvalidGraph } from '../errors.ts';
import { described, invalid, isNumbers, isStrings } from './attributes.ts';
import { ELEMENT } from './dtype.ts';
import { expectModel } from './given.ts';
import type { Chunk, ExternalModel } from './external.ts';
import {
  isGraph,
  isTensor,
  type AttributeValue,
  type Dim,
  type Kept,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from './graph.ts';
import { keptOf, partOf } from './kept.ts';
import { kindAsRead, kindInTable, KINDS, type Kind } from './kind.ts';
import { onnx } from './proto/onnx.js';
import { encodeElements } from './raw.ts';
import { isOnnx } from './reading.ts';

/** The size limit of protobuf files: readers count bytes in 31 bits. */
const LIMIT = 2 ** 31 - 1;

/**
 * Encodes a model as the bytes of an ONNX file. The same model always produces the same bytes, and one read by `decode`
 * produces the bytes that were read. Tensors are written as stored in memory, which is little-endian on every machine
 * that onnxruntime runs on. Flags of nodes are omitted.
 *
 * @throws InvalidGraph for an attribute that is neither the operator's nor was read from a file, and for 2 GiB or more,
 * which no reader accepts.
 */
export const encode = (model: OnnxModel): Uint8Array => finish(model, (name, tensor) => encodeTensor(tensor, name));

/**
 * Encodes a model whose initializers of a kilobyte or more are stored in a second file, `location`, a file name in the
 * same folder.
 *
 * @throws InvalidGraph as `encode` does.
 */
export const encodeExternal = (model: OnnxModel, location: string): ExternalModel => {
  const chunks: Chunk[] = [];
  let end = 0;
  const bytes = finish(model, (name, tensor) => {
    if (tensor.data.byteLength < 1024) return encodeTensor(tensor, name);
    const offset = Math.ceil(end / 4096) * 4096;
    chunks.push({ name, offset, bytes: bytesOf(tensor) });
    end = offset + tensor.data.byteLength;
    return {
      ...messageOf(tensor),
      name,
      externalData: Object.entries({ location, offset: String(offset), length: String(tensor.data.byteLength) }).map(
        ([key, value]) => ({ key, value }),
      ),
      dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    };
  });
  return { bytes, chunks };
};

type EncodeInitializer = (name: string, tensor: OnnxTensor) => onnx.TensorProto.$Properties;

const finish = (model: OnnxModel, initializer: EncodeInitializer): Uint8Array => {
  expectModel('encode', model, 'graph', 'metadata', 'producer');
  const message = {
    ...keptOf<onnx.ModelProto.$Properties>(model),
    irVersion: model.irVersion,
    ...(model.producer.name !== '' && { producerName: model.producer.name }),
    ...(model.producer.version !== '' && { producerVersion: model.producer.version }),
    ...(model.doc !== undefined && { docString: model.doc }),
    graph: encodeGraph(model.graph, initializer),
    opsetImport: encodeImports(model),
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({
      ...partOf(model.kept, 'metadataProps', key),
      key,
      value,
    })),
  } satisfies onnx.ModelProto.$Properties;
  // Tensors are measured first, since protobufjs takes a minute to write that much.
  requireBelowLimit(
    model,
    sum(message.graph.initializer ?? [], ({ rawData }) => rawData?.length ?? 0),
  );
  const writer = onnx.ModelProto.encode(message);
  requireBelowLimit(model, writer.len);
  // Not the Buffer that protobufjs creates in Node, whose slices are not copies.
  const { buffer, byteOffset, byteLength } = writer.finish();
  return new Uint8Array(buffer, byteOffset, byteLength);
};

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const requireBelowLimit = ({ graph }: OnnxModel, bytes: number): void => {
  if (bytes > LIMIT)
    throw new InvalidGraph(
      `${graph.name}: expected less than 2 GiB in one file, got ${(bytes / 2 ** 30).toFixed(1)} GiB; write its weights as external data`,
    );
};

/** Returns the versions of operators, in the order in which they were read. */
const encodeImports = (model: OnnxModel): onnx.OperatorSetIdProto.$Properties[] => {
  const { opset, domains = {} } = model;
  const { opsetImport } = keptOf<onnx.ModelProto.$Properties>(model);
  const all = new Map([['', opset], ...Object.entries(domains)]);
  const nameOf = (domain: string | null | undefined): string => (domain && !isOnnx(domain) ? domain : '');
  const read = (opsetImport ?? []).flatMap((one) => {
    const version = all.get(nameOf(one.domain));
    return version === undefined ? [] : [{ ...one, version }];
  });
  for (const { domain } of read) all.delete(nameOf(domain));
  return [...read, ...[...all].map(([domain, version]) => ({ domain, version }))];
};

const encodeGraph = (graph: OnnxGraph, initializer: EncodeInitializer): onnx.GraphProto.$Properties => ({
  ...keptOf<onnx.GraphProto.$Properties>(graph),
  ...(graph.name !== '' && { name: graph.name }),
  node: graph.nodes.map(encodeNode),
  initializer: [...graph.initializers].map(([name, tensor]) => initializer(name, tensor)),
  input: graph.inputs.map(encodeValue),
  output: graph.outputs.map(encodeValue),
});

const encodeNode = (node: OnnxNode): onnx.NodeProto.$Properties => {
  // An operator of another domain is written `domain.Name`; a domain may itself contain dots.
  const dot = node.op.lastIndexOf('.');
  const { domain: read, ...kept } = keptOf<onnx.NodeProto.$Properties>(node);
  const domain = dot > 0 ? node.op.slice(0, dot) : read;
  return {
    ...kept,
    ...(node.name !== '' && { name: node.name }),
    opType: node.op.slice(dot + 1),
    ...(domain !== undefined && { domain }),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(node, name, value)),
  };
};

const encodeAttribute = (node: OnnxNode, name: string, value: AttributeValue): onnx.AttributeProto.$Properties => {
  const kind = kindAsRead(node, name) ?? kindInTable(node.op, name);
  if (!kind) throw invalid(node, `an attribute that ${node.op} takes`, name);
  const field = encodeField(kind, value);
  if (!field) throw invalid(node, `${name} to be ${kind}`, described(value));
  const { kind: _, ...kept } = partOf(node.kept, 'attribute', name);
  return { ...kept, name, ...field, type: KINDS[kind].code };
};

/** Returns the field of ONNX's attribute for a value of this type, or undefined if the value has another type. */
const encodeField = (kind: Kind, value: AttributeValue): onnx.AttributeProto.$Properties | undefined => {
  switch (kind) {
    case 'int':
      return Number.isSafeInteger(value) && typeof value === 'number' ? { i: value } : undefined;
    case 'float':
      return typeof value === 'number' ? { f: value } : undefined;
    case 'string':
      return typeof value === 'string' ? { s: new TextEncoder().encode(value) } : undefined;
    case 'ints':
      return isNumbers(value) && value.every(Number.isSafeInteger) ? { ints: [...value] } : undefined;
    case 'floats':
      return isNumbers(value) ? { floats: [...value] } : undefined;
    case 'strings':
      return isStrings(value) ? { strings: value.map((text) => new TextEncoder().encode(text)) } : undefined;
    case 'tensor':
      return isTensor(value) ? { t: encodeTensor(value) } : undefined;
    case 'graph':
      return isGraph(value) ? { g: encodeGraph(value, (name, tensor) => encodeTensor(tensor, name)) } : undefined;
  }
};

/** Returns a tensor's message without the location of its elements. */
const messageOf = (tensor: OnnxTensor): onnx.TensorProto.$Properties => {
  const { typed: _, ...kept } = keptOf<onnx.TensorProto.$Properties & { readonly typed?: unknown }>(tensor);
  return { ...kept, dims: [...tensor.shape], dataType: ELEMENT[tensor.dtype].code };
};

const encodeTensor = (tensor: OnnxTensor, name?: string): onnx.TensorProto.$Properties => ({
  ...messageOf(tensor),
  ...(name !== undefined && { name }),
  ...encodeElements(tensor),
});

const bytesOf = ({ data }: OnnxTensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const encodeValue = (info: ValueInfo): onnx.ValueInfoProto.$Properties => {
  const { name, dtype, shape } = info;
  const { type, dims: _, ...kept } = keptOf<Omit<onnx.ValueInfoProto.$Properties, 'type'> & KeptOfValue>(info);
  const dim = shape.map((one, i) => ({ ...partOf(info.kept, 'dims', i), ...encodeDim(one) }));
  const { tensorType } = type ?? {};
  return {
    ...kept,
    name,
    type: {
      ...type,
      tensorType: { ...tensorType, elemType: ELEMENT[dtype].code, shape: { ...tensorType?.shape, dim } },
    },
  };
};

interface KeptOfValue {
  readonly type?: onnx.TypeProto.$Properties;
  readonly dims?: readonly Kept[];
}

const encodeDim = (dim: Dim): onnx.TensorShapeProto.Dimension.$Properties => {
  if (dim === '?') return {};
  return typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim };
};
