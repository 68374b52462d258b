import type { Model } from '../dsl/model.ts';
import { WeightsMismatch } from '../errors.ts';
import { bodiesIn } from '../graph/bodies.ts';
import type { GraphParam } from '../graph/graph.ts';
import type { Pretrained } from '../graph/node.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { closest } from '../values/closest.ts';
import { readForeign } from '../weights/file.ts';
import type { Weight, Weights } from '../weights/weights.ts';

/**
 * Reads the weights that networks of a model take from files.
 *
 * @throws InvalidFile for a file that cannot be read; WeightsMismatch if it lacks a parameter of the network, or has one of
 * another shape.
 */
export const pretrained = async (model: Model, params: readonly GraphParam[]): Promise<Weights> => {
  const weights = new Map<string, Weight>();
  const bodies = new Set(Object.values(model.networks).flatMap((body) => bodiesIn(body)));
  for (const { name, pretrained: from } of bodies) {
    if (!from) continue;
    const file = await readForeign(from.file);
    const own = params.filter((param) => param.name.startsWith(`${name}/`));
    for (const param of own) weights.set(param.name, found(file, from, param, name));
    refuseOthers(from, own, name);
  }
  return weights;
};

/** Returns a parameter's values in this library's order of axes. */
const found = (file: Weights, from: Pretrained, { name, shape }: GraphParam, network: string): Weight => {
  const short = name.slice(network.length + 1);
  const there = from.names?.[short] ?? name;
  const weight = file.get(there) ?? (from.names ? undefined : file.get(short));
  const where = `${from.file}: expected ${there}, for ${name} of shape ${show(shape)}`;
  if (!weight) {
    const near = closest(there, [...file.keys()]);
    const like = near === undefined ? '' : `, which has ${near}`;
    throw new WeightsMismatch(`${where}, got a file without it${like}; give its name in names: { '${short}': '…' }`);
  }
  if (from.from === 'pytorch' && /^(gru|lstm)_/.test(short))
    throw new WeightsMismatch(
      `${where}, got a recurrent layer of PyTorch, whose gates are in another order; train this layer here`,
    );
  const own = from.from === 'pytorch' && short.endsWith('/kernel') ? channelsLast(weight) : weight;
  if (!same(own.shape, shape))
    throw new WeightsMismatch(
      `${where}, got ${show(weight.shape)}; ${from.from ? 'change the layer' : "change the layer, or add from: 'pytorch' if the file is PyTorch's"}`,
    );
  return own;
};

/**
 * Turns a kernel of PyTorch into TensorFlow's order, which has the channels last and those of the output behind those of the
 * input, or in front of them for a transposed convolution: [a, b, …window] becomes [...window, b, a].
 */
const channelsLast = ({ shape, data }: Weight): Weight => {
  const [a = 1, b = 1, ...window] = shape;
  const places = size(window);
  const turned = new Float32Array(data.length);
  for (let i = 0, at = 0; i < a; i++)
    for (let j = 0; j < b; j++) for (let w = 0; w < places; w++, at++) turned[(w * b + j) * a + i] = data[at] ?? 0;
  return { shape: shape.length < 2 ? shape : [...window, b, a], data: turned };
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
