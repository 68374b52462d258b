import { InvalidGraph } from '../errors.ts';
import { described, invalid, isNumbers } from './attributes.ts';
import { ELEMENT } from './dtype.ts';
import type { Chunk, ExternalModel } from './external.ts';
import {
  isGraph,
  isTensor,
  type AttributeValue,
  type Dim,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from './graph.ts';
import { onnx } from './proto/onnx.js';
import { specOf, type AttributeType } from './schema.ts';

const { AttributeType: Type } = onnx.AttributeProto;

/** Files of protobuf's format cannot be larger: readers count bytes in 31 bits. */
const LIMIT = 2 ** 31 - 1;

/**
 * A model as the bytes of an ONNX file; the same model gives the same bytes. Tensors are written as they lie in memory,
 * which is little-endian on every machine that onnxruntime runs on. Flags of nodes are left out. Throws InvalidGraph for
 * an attribute that the operator does not take, and for 2 GiB or more, which no reader accepts.
 */
export const encode = (model: OnnxModel): Uint8Array => finish(model, (name, tensor) => encodeTensor(tensor, name));

/**
 * A model whose initializers of a kilobyte or more lie in a second file, `location`, a name beside the first. Throws
 * InvalidGraph as `encode` does.
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
      name,
      dims: [...tensor.shape],
      dataType: ELEMENT[tensor.dtype].code,
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
  const message = {
    irVersion: model.irVersion,
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    ...(model.doc !== undefined && { docString: model.doc }),
    graph: encodeGraph(model.graph, initializer),
    opsetImport: [{ domain: '', version: model.opset }],
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
  } satisfies onnx.ModelProto.$Properties;
  // Tensors are counted first, as writing so much takes protobufjs a minute.
  requireBelowLimit(
    model,
    sum(message.graph.initializer ?? [], ({ rawData }) => rawData?.length ?? 0),
  );
  const writer = onnx.ModelProto.encode(message);
  requireBelowLimit(model, writer.len);
  return writer.finish();
};

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const requireBelowLimit = ({ graph }: OnnxModel, bytes: number): void => {
  if (bytes > LIMIT)
    throw new InvalidGraph(
      `${graph.name}: expected less than 2 GiB in one file, got ${(bytes / 2 ** 30).toFixed(1)} GiB; write its weights as external data`,
    );
};

const encodeGraph = (graph: OnnxGraph, initializer: EncodeInitializer): onnx.GraphProto.$Properties => ({
  name: graph.name,
  node: graph.nodes.map(encodeNode),
  initializer: [...graph.initializers].map(([name, tensor]) => initializer(name, tensor)),
  input: graph.inputs.map(encodeValue),
  output: graph.outputs.map(encodeValue),
});

const encodeNode = (node: OnnxNode): onnx.NodeProto.$Properties => {
  // An operator of another domain is written `domain.Name`; a domain may have dots itself.
  const dot = node.op.lastIndexOf('.');
  return {
    name: node.name,
    opType: node.op.slice(dot + 1),
    ...(dot > 0 && { domain: node.op.slice(0, dot) }),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(node, name, value)),
  };
};

const encodeAttribute = (node: OnnxNode, name: string, value: AttributeValue): onnx.AttributeProto.$Properties => {
  const type = specOf(node.op)?.attributes[name]?.type;
  if (!type) throw invalid(node, `an attribute that ${node.op} takes`, name);
  const field = encodeField(type, value);
  if (!field) throw invalid(node, `${name} to be ${type}`, described(value));
  return { name, ...field };
};

/** The field of ONNX's attribute that holds a value of this type, or undefined where the value is of another one. */
const encodeField = (type: AttributeType, value: AttributeValue): onnx.AttributeProto.$Properties | undefined => {
  switch (type) {
    case 'int':
      return Number.isSafeInteger(value) && typeof value === 'number' ? { i: value, type: Type.INT } : undefined;
    case 'float':
      return typeof value === 'number' ? { f: value, type: Type.FLOAT } : undefined;
    case 'string':
      return typeof value === 'string' ? { s: new TextEncoder().encode(value), type: Type.STRING } : undefined;
    case 'ints':
      return isNumbers(value) && value.every(Number.isSafeInteger) ? { ints: [...value], type: Type.INTS } : undefined;
    case 'floats':
      return isNumbers(value) ? { floats: [...value], type: Type.FLOATS } : undefined;
    case 'tensor':
      return isTensor(value) ? { t: encodeTensor(value), type: Type.TENSOR } : undefined;
    case 'graph':
      return isGraph(value)
        ? { g: encodeGraph(value, (name, tensor) => encodeTensor(tensor, name)), type: Type.GRAPH }
        : undefined;
  }
};

const encodeTensor = (tensor: OnnxTensor, name?: string): onnx.TensorProto.$Properties => ({
  dims: [...tensor.shape],
  dataType: ELEMENT[tensor.dtype].code,
  ...(name !== undefined && { name }),
  rawData: bytesOf(tensor),
});

const bytesOf = ({ data }: OnnxTensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const encodeValue = ({ name, dtype, shape }: ValueInfo): onnx.ValueInfoProto.$Properties => ({
  name,
  type: { tensorType: { elemType: ELEMENT[dtype].code, shape: { dim: shape.map(encodeDim) } } },
});

const encodeDim = (dim: Dim): onnx.TensorShapeProto.Dimension.$Properties => {
  if (dim === '?') return {};
  return typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim };
};
