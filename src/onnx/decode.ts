import protobuf from 'protobufjs/minimal.js';
import { InvalidFile } from '../errors.ts';
import { callable, isText, rule } from '../values/rules.ts';
import { decodeGraph } from './decode-graph.ts';
import type { ExternalFile } from './external.ts';
import type { OnnxModel } from './graph.ts';
import { empty, keep } from './kept.ts';
import { checkOptions } from './options.ts';
import { onnx } from './proto/onnx.js';
import { byName, isOnnx, whole, type Reading } from './reading.ts';

/** Options of `decode`. */
export interface DecodeOptions {
  /** The file's name in messages. */
  readonly file?: string;
  /** Returns the bytes of a file next to this one in which tensors are stored. */
  readonly external?: ExternalFile;
}

/**
 * Decodes an ONNX file to a model. Checks only what is needed for reading: operators may be unknown. Fields without a
 * counterpart here are `kept`, so that `encode` returns the same bytes again, provided they were written as protobuf's
 * own writers write them.
 *
 * @throws InvalidFile for bytes that are truncated or not an ONNX model, and for content that can be neither read nor
 * kept: values other than tensors of known rank, unsupported element types and kinds of attributes, whole numbers
 * beyond 2^53, and duplicates of a name that must be unique.
 */
export const decode = (bytes: Uint8Array, options: DecodeOptions = {}): OnnxModel => {
  checkOptions('decode', OPTIONS, options);
  const { file = 'ONNX file', external } = options;
  const fail = (problem: string): never => {
    throw new InvalidFile(`${file}: ${problem}`);
  };
  const model =
    readModel(viewOf(bytes, fail)) ??
    fail('expected an ONNX model, got bytes that are not one or are cut short; export it again');
  return decodeModel(model, { fail, external });
};

const OPTIONS = {
  file: rule('text', isText, 'say what messages call the file'),
  external: callable('a function', 'pass a function that reads the file next to it'),
};

/** Returns bytes as protobufjs takes them: an array of this realm, without a copy. */
const viewOf = (bytes: unknown, fail: Reading['fail']): Uint8Array => {
  if (bytes instanceof Uint8Array) return bytes;
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = Object.prototype.toString.call(bytes).slice(8, -1);
  return fail(`expected an ONNX model as a Uint8Array, got ${kind}; give the bytes of a file`);
};

const readModel = (bytes: Uint8Array): onnx.ModelProto.$Properties | undefined => {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  try {
    return onnx.ModelProto.decode(reader);
  } catch {
    // protobufjs throws plain errors of several kinds for bytes that it cannot parse; none of them adds any detail.
    return undefined;
  }
};

const decodeModel = (message: onnx.ModelProto.$Properties, reading: Reading): OnnxModel => {
  const { graph, irVersion, producerName, producerVersion, docString, opsetImport, metadataProps, $unknowns, ...rest } =
    message;
  const { opset, domains, kept } = decodeImports(opsetImport ?? [], reading);
  if (!graph || !opset || !whole(irVersion))
    return reading.fail('expected an ONNX model, got one without a graph or its versions; export it again');
  const entries = byName(
    'metadata',
    (metadataProps ?? []).map((one) => [one.key ?? '', one] as const),
    reading,
  );
  return {
    graph: decodeGraph(graph, reading),
    opset,
    ...(domains && { domains }),
    irVersion: whole(irVersion),
    metadata: Object.fromEntries(entries.map(([key, { value }]) => [key, value ?? ''])),
    producer: { name: producerName ?? '', version: producerVersion ?? '' },
    ...(docString && { doc: docString }),
    ...keep(
      {
        ...rest,
        ...empty(message, 'producerName', 'producerVersion', 'docString'),
        opsetImport: kept,
        metadataProps: keep(Object.fromEntries(entries.map(([key, one]) => [key, keep({}, one.$unknowns).kept]))).kept,
      },
      $unknowns,
    ),
  };
};

/**
 * Returns the versions of operators; `kept` holds all of them as in the file if `encode` would write them differently.
 */
const decodeImports = (imports: readonly onnx.OperatorSetIdProto.$Properties[], reading: Reading) => {
  const versions = imports.map(({ domain, version }) => [domain ?? '', whole(version)] as const);
  const own = versions.filter(([domain]) => isOnnx(domain));
  const others = versions.filter(([domain]) => !isOnnx(domain));
  const [opset = 0, second = opset] = own.map(([, version]) => version);
  if (second !== opset) return reading.fail("expected one version of ONNX's operators, got two; export it again");
  const written = [['', opset] as const, ...others];
  const asWritten = imports.every((one, i) => {
    const [domain, version] = written[i] ?? [];
    return Object.hasOwn(one, 'domain') && !one.$unknowns && one.domain === domain && whole(one.version) === version;
  });
  return {
    opset,
    ...(others.length > 0 && { domains: Object.fromEntries(byName('domains', others, reading)) }),
    ...(!asWritten && { kept: imports.map((one) => keep({ ...one }, one.$unknowns).kept ?? {}) }),
  };
};
