import { WeightsMismatch } from '../errors.ts';
import { bodiesIn } from '../graph/bodies.ts';
import type { GraphParam } from '../graph/graph.ts';
import type { Body, Pretrained } from '../graph/node.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { closest } from '../values/closest.ts';
import { own as member } from '../values/own.ts';
import { list } from '../values/value-text.ts';
import { openForeign } from '../weights/file.ts';
import type { OpenSafetensors } from '../weights/safetensors.ts';
import type { Weight, Weights } from '../weights/weights.ts';

/**
 * Reads the weights that networks take from files: all networks that these bodies call, be they a model's or an objective's.
 * `notice` is told of kernels whose order of axes their shape does not show.
 *
 * @throws InvalidFile for a file that cannot be read; WeightsMismatch if it lacks a parameter of the network, or has one of
 * another shape or with values that are not finite.
 */
export const pretrained = async (
  callers: Iterable<Body>,
  params: readonly GraphParam[],
  notice: (text: string) => unknown,
): Promise<Weights> => {
  const weights = new Map<string, Weight>();
  const bodies = new Map(Array.from(callers, (body) => bodiesIn(body).map((one) => [one.name, one] as const)).flat());
  for (const { name, pretrained: from } of bodies.values()) {
    if (!from) continue;
    const file = await openForeign(from.file);
    const own = params.filter((param) => param.name.startsWith(`${name}/`));
    refuseOthers(from, own, name);
    const read = own.map((param) => ({ param, ...found(file, from, param, name) }));
    for (const { param, weight } of read) weights.set(param.name, weight);
    const unseen = unseenOrder(from, read);
    if (unseen !== undefined) notice(unseen);
  }
  return weights;
};

/** Returns a parameter's values in this library's order of axes, and their name in the file. */
const found = (
  file: OpenSafetensors,
  from: Pretrained,
  { name, shape }: GraphParam,
  network: string,
): { readonly there: string; readonly weight: Weight } => {
  const short = name.slice(network.length + 1);
  const there = member(from.names, short) ?? name;
  const weight = file.read(there) ?? (from.names ? undefined : file.read(short));
  const wanted = there === name ? name : `${there}, for ${name}`;
  const where = `${from.file}: expected ${wanted} of shape ${show(shape)}`;
  if (!weight)
    throw new WeightsMismatch(
      `${where}, got a file without it, which has ${closest(there, file.names) ?? list(file.names.toSorted())}; give its name in names: { '${short}': '…' }`,
    );
  if (from.from === 'pytorch' && /(^|\/)(gru|lstm)_\d+\//.test(short))
    throw new WeightsMismatch(
      `${where}, got a recurrent layer of PyTorch, whose gates are in another order; train this layer here`,
    );
  const own = from.from === 'pytorch' && short.endsWith('/kernel') ? channelsLast(weight) : weight;
  if (!same(own.shape, shape))
    throw new WeightsMismatch(
      `${where}, got ${show(weight.shape)}; ${from.from ? 'change the layer' : "change the layer, or add from: 'pytorch' if the file is PyTorch's"}`,
    );
  const wrong = weight.data.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1)
    throw new WeightsMismatch(
      `${where} in numbers that float32 has, got ${weight.data[wrong]} as element ${wrong}; repair the file, or leave pretrained out`,
    );
  return { there, weight: own };
};

/**
 * Says that kernels may be in PyTorch's order, which is not stated: if they are called as PyTorch does it, and are as many numbers
 * in as out, so that no shape shows which.
 */
const unseenOrder = (
  { file, from }: Pretrained,
  read: readonly { readonly param: GraphParam; readonly there: string }[],
): string | undefined => {
  const kernels = read.filter(({ param }) => param.name.endsWith('/kernel'));
  const [first] = kernels;
  const unseen = kernels.every(
    ({ param: { shape }, there }) => /(^|\.)weight$/.test(there) && same(turned(shape), shape),
  );
  if (from !== undefined || !first || !unseen) return undefined;
  return (
    `${file}: ${first.there} is called as PyTorch calls it and is square, so that its shape does not show the order of its axes; ` +
    "add from: 'pytorch' if PyTorch wrote it"
  );
};

/**
 * Turns a kernel of PyTorch into TensorFlow's order, which has the channels last and those of the output behind those of the
 * input, or in front of them for a transposed convolution: [a, b, …window] becomes [...window, b, a].
 */
const channelsLast = ({ shape, data }: Weight): Weight => {
  const [a = 1, b = 1, ...window] = shape;
  const places = size(window);
  const there = new Float32Array(data.length);
  for (let i = 0, at = 0; i < a; i++)
    for (let j = 0; j < b; j++) for (let w = 0; w < places; w++, at++) there[(w * b + j) * a + i] = data[at] ?? 0;
  return { shape: turned(shape), data: there };
};

const turned = (shape: Shape): Shape => {
  const [a, b, ...window] = shape;
  return a === undefined || b === undefined ? shape : [...window, b, a];
};

/** Refuses names of parameters that the network does not have. */
const refuseOthers = ({ file, names = {} }: Pretrained, own: readonly GraphParam[], network: string): void => {
  const known = own.map(({ name }) => name.slice(network.length + 1));
  const other = Object.keys(names).find((name) => !known.includes(name));
  if (other !== undefined)
    throw new WeightsMismatch(
      `${file}: expected names of ${network}'s parameters ${known.join(', ')}, got ${other}; correct it or leave it out`,
    );
};
