import { ownFloats } from '../values/lists.ts';
import type { InferRequest } from './request.ts';
import { refuse } from './refusal.ts';
import type { GivenOutput, ServedModel } from './served-model.ts';

/** The version that every model of a server has. */
export const VERSION = '1';

/** The header that says how long the JSON is in front of binary data. */
export const JSON_LENGTH = 'inference-header-content-length';

/** An answer that has not been sent. */
export interface Encoded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Writes the outputs that a request wants: in JSON, or as binary data behind it. @throws Refusal for outputs that there are not. */
export const writeResponse = (
  { name, outputs: known }: ServedModel,
  { id, outputs: wanted, binary }: InferRequest,
  found: ReadonlyMap<string, GivenOutput>,
): Encoded => {
  const names =
    wanted.size > 0 ? [...wanted.keys()] : known.map((output) => output.name).filter((output) => found.has(output));
  const chunks: Uint8Array[] = [];
  const outputs = names.map((output) => {
    const own = found.get(output);
    if (!own) throw unknownOutput(output, known);
    const { datatype, shape, data } = own;
    if (!(wanted.get(output) ?? binary)) return { name: output, datatype, shape, data: Array.from(data) };
    const bytes = bytesOf(own);
    chunks.push(bytes);
    return { name: output, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  const json = Buffer.from(
    JSON.stringify({ model_name: name, model_version: VERSION, ...(id !== undefined && { id }), outputs }),
  );
  if (chunks.length === 0) return { headers: { 'content-type': 'application/json' }, body: json };
  return {
    headers: { 'content-type': 'application/octet-stream', [JSON_LENGTH]: `${json.length}` },
    body: Buffer.concat([json, ...chunks]),
  };
};

/** Refuses outputs that a model does not have. */
export const checkWanted = ({ outputs }: ServedModel, wanted: InferRequest['outputs']): void => {
  for (const name of wanted.keys())
    if (!outputs.some((output) => output.name === name)) throw unknownOutput(name, outputs);
};

const unknownOutput = (name: string, known: ServedModel['outputs']): Error =>
  refuse(
    `${name}: expected one of the outputs ${known.map((output) => output.name).join(', ')}, got another; correct it`,
  );

const bytesOf = ({ datatype, data }: GivenOutput): Uint8Array => {
  const { buffer, byteOffset, byteLength } =
    datatype === 'INT64' ? BigInt64Array.from(Array.from(data, BigInt)) : (ownFloats(data) ?? Float32Array.from(data));
  return new Uint8Array(buffer, byteOffset, byteLength);
};
