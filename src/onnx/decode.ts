import { InvalidFile } from '../errors.ts';
import { dtypeOfCode } from './dtype.ts';
import type { ExternalFile } from './external.ts';
import { shortest } from './float32.ts';
import type { AttributeValue, Dim, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from './graph.ts';
import protobuf from 'protobufjs/minimal.js';
import { onnx } from './proto/onnx.js';
import { decodeTensor } from './raw.ts';

const { AttributeType: Type } = onnx.AttributeProto;

type Attribute = onnx.AttributeProto.$Properties;

/** What decode may be told. */
export interface DecodeOptions {
  /** What messages call the file. */
  readonly file?: string;
  /** Gives the bytes of a file beside this one that tensors are kept in. */
  readonly external?: ExternalFile;
}

/**
 * The model that the bytes of an ONNX file hold. It is not checked beyond what can be read: operators may be any. Throws
 * InvalidFile for bytes that are cut short or not an ONNX model, and for what has no counterpart here: values other than
 * tensors of known rank, element types and attributes of other kinds.
 */
export const decode = (bytes: Uint8Array, { file = 'ONNX file', external }: DecodeOptions = {}): OnnxModel => {
  const fail = (problem: string): never => {
    throw new InvalidFile(`${file}: ${problem}`);
  };
  const model =
    readModel(bytes) ?? fail('expected an ONNX model, got bytes that are not one or are cut short; export it again');
  const opset = model.opsetImport.find(({ domain }) => isOnnx(domain ?? ''));
  if (!model.graph || !opset || !number(model.irVersion))
    return fail('expected an ONNX model, got one without a graph or its versions; export it again');

  const decodeGraph = (graph: onnx.GraphProto.$Properties): OnnxGraph => ({
    name: graph.name ?? '',
    inputs: (graph.input ?? []).map(decodeValue),
    outputs: (graph.output ?? []).map(decodeValue),
    nodes: (graph.node ?? []).map(decodeNode),
    initializers: new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', toTensor(tensor)])),
  });

  const decodeNode = (node: onnx.NodeProto.$Properties): OnnxNode => ({
    name: node.name ?? '',
    op: isOnnx(node.domain ?? '') ? (node.opType ?? '') : `${node.domain}.${node.opType}`,
    inputs: [...(node.input ?? [])],
    outputs: [...(node.output ?? [])],
    attributes: Object.fromEntries(
      (node.attribute ?? []).map((attribute) => [
        attribute.name ?? '',
        decodeAttribute(attribute) ??
          fail(
            `expected attributes of known kinds, got ${attribute.name} of ${node.name || node.opType}, which is of another; this file cannot be read here`,
          ),
      ]),
    ),
  });

  const decodeAttribute = (attribute: Attribute): AttributeValue | undefined => {
    switch (attribute.type) {
      case Type.FLOAT:
        return shortest(attribute.f ?? 0);
      case Type.INT:
        return number(attribute.i);
      case Type.STRING:
        return text(attribute.s);
      case Type.TENSOR:
        return attribute.t ? toTensor(attribute.t) : undefined;
      case Type.GRAPH:
        return attribute.g ? decodeGraph(attribute.g) : undefined;
      case Type.FLOATS:
        return (attribute.floats ?? []).map(shortest);
      case Type.INTS:
        return (attribute.ints ?? []).map(number);
      case Type.STRINGS:
        return (attribute.strings ?? []).map(text);
      default:
        return undefined;
    }
  };

  const toTensor = (tensor: onnx.TensorProto.$Properties): OnnxTensor => decodeTensor(tensor, fail, external);

  const decodeValue = ({ name, type }: onnx.ValueInfoProto.$Properties): ValueInfo => {
    const dtype = dtypeOfCode(type?.tensorType?.elemType ?? 0);
    const shape = type?.tensorType?.shape?.dim?.map(decodeDim) ?? (type?.tensorType?.shape ? [] : undefined);
    if (!name || !dtype || !shape)
      return fail(
        `expected inputs and outputs to be tensors of known rank, got ${name || 'one without a name'}; this file cannot be read here`,
      );
    return { name, dtype, shape };
  };

  return {
    graph: decodeGraph(model.graph),
    opset: number(opset.version),
    irVersion: number(model.irVersion),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key ?? '', value ?? ''])),
    producer: { name: model.producerName, version: model.producerVersion },
    ...(model.docString !== '' && { doc: model.docString }),
  };
};

const readModel = (bytes: Uint8Array): onnx.ModelProto | undefined => {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  try {
    return onnx.ModelProto.decode(reader);
  } catch {
    // protobufjs throws plain errors of several kinds for bytes that do not parse; none says more than that they do not.
    return undefined;
  }
};

const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

type Int64 = NonNullable<onnx.AttributeProto.$Properties['i']>;

const number = (value: Int64 | null | undefined): number =>
  typeof value === 'object' ? (value?.toNumber() ?? 0) : (value ?? 0);

const text = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

const decodeDim = ({ dimValue, dimParam }: onnx.TensorShapeProto.Dimension.$Properties): Dim => {
  if (dimValue !== undefined && dimValue !== null) return number(dimValue);
  return dimParam || '?';
};
