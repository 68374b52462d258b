import { size } from '../shape/size.ts';
import { fromBinary, fromJson, type Elements } from './datatypes.ts';
import { refuse } from './refusal.ts';

/** An input of a request. */
export interface GivenTensor {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: Elements;
}

/** A request for inference. */
export interface InferRequest {
  readonly id?: string;
  readonly inputs: ReadonlyMap<string, GivenTensor>;
  /** The outputs that are wanted, and whether as binary data; all if there are none. */
  readonly outputs: ReadonlyMap<string, boolean>;
  /** Whether outputs are binary unless a wanted one says otherwise. */
  readonly binary: boolean;
  /** Milliseconds that it may take, if it says so. */
  readonly timeout?: number;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the body of a request: JSON, or, if a header states how long that is, JSON and binary data of its tensors after it, in order.
 *
 * @throws Refusal for anything else, and for extensions of the protocol that this server does not have.
 */
export const readRequest = (body: Uint8Array, jsonLength: number | undefined): InferRequest => {
  const length = jsonLength ?? body.length;
  if (length > body.length)
    throw refuse(
      `Inference-Header-Content-Length: expected at most ${body.length}, the bytes of the body, got ${length}; correct it`,
    );
  const request = parsed(body.subarray(0, length));
  const parameters = parametersOf(request, 'the request');
  if (Number(parameters['sequence_id'] ?? 0) !== 0)
    throw refuse('sequence_id: expected none, since no model here has a state, got one; leave it out');
  const binary = flag(parameters, 'binary_data_output') ?? false;
  const data = { bytes: body.subarray(length), at: 0 };
  const inputs = new Map(listOf(request, 'inputs').map((input) => tensor(input, data)));
  if (data.at !== data.bytes.length)
    throw refuse(`expected ${data.at} bytes of binary data, as the inputs say, got ${data.bytes.length}; send as many`);
  const outputs = listOf(request, 'outputs').map((output) => wanted(output, binary));
  const { id } = request;
  const { timeout } = parameters;
  return {
    ...(typeof id === 'string' && { id }),
    inputs,
    outputs: new Map(outputs),
    binary,
    // Microseconds in the protocol.
    ...(typeof timeout === 'number' && timeout > 0 && { timeout: timeout / 1000 }),
  };
};

const parsed = (bytes: Uint8Array): Members => {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refuse(
      'expected a request in JSON, got other text; send {"inputs": [{"name", "datatype", "shape", "data"}, …]}',
    );
  }
  if (isMembers(found)) return found;
  throw refuse('expected a request that is an object, got another value; send {"inputs": […]}');
};

const listOf = (request: Members, name: string): readonly Members[] => {
  const list = request[name] ?? [];
  if (Array.isArray(list) && list.every(isMembers)) return list;
  throw refuse(`${name}: expected a list of objects, got another value; see the protocol`);
};

const parametersOf = ({ parameters = {} }: Members, of: string): Members => {
  if (!isMembers(parameters)) throw refuse(`parameters of ${of}: expected an object, got another value; correct it`);
  if ('shared_memory_region' in parameters)
    throw refuse(`shared memory of ${of}: expected data in the request, got a region; send the data`);
  return parameters;
};

const flag = (parameters: Members, name: string): boolean | undefined => {
  const value = parameters[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(`${name}: expected true or false, got another value; correct it`);
};

const nameOf = ({ name }: Members): string => {
  if (typeof name === 'string') return name;
  throw refuse('expected a name for each input and output, got one without; name it');
};

const tensor = (
  input: Members,
  data: { readonly bytes: Uint8Array; at: number },
): readonly [name: string, GivenTensor] => {
  const name = nameOf(input);
  const { datatype, shape } = input;
  if (typeof datatype !== 'string') throw refuse(`${name}: expected a datatype, got none; send one, such as FP32`);
  const isShape = (value: unknown): value is readonly number[] =>
    Array.isArray(value) && value.every((axis) => Number.isSafeInteger(axis) && axis >= 0);
  if (!isShape(shape)) throw refuse(`${name}: expected a shape of whole numbers, got another value; send one`);
  const count = size(shape);
  const { binary_data_size: bytes } = parametersOf(input, name);
  if (bytes === undefined)
    return [name, { datatype, shape, data: fromJson(name, datatype, count, input['data'] ?? []) }];
  if (!(typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 && data.at + bytes <= data.bytes.length))
    throw refuse(
      `${name}: expected ${String(bytes)} bytes of binary data, got ${data.bytes.length - data.at}; send them all`,
    );
  const own = data.bytes.subarray(data.at, (data.at += bytes));
  return [name, { datatype, shape, data: fromBinary(name, datatype, count, own) }];
};

const wanted = (output: Members, binary: boolean): readonly [name: string, binary: boolean] => {
  const name = nameOf(output);
  const parameters = parametersOf(output, name);
  if (Number(parameters['classification'] ?? 0) !== 0)
    throw refuse(`${name}: expected a request for its numbers, got one for their classification; leave that out`);
  return [name, flag(parameters, 'binary_data') ?? binary];
};
