import type { Tensors } from '../dsl/network.ts';
import type { Decoded, Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Node } from '../graph/node.ts';
import { size } from '../shape/size.ts';
import { add } from './arithmetic.ts';
import { concat, slice } from './concat.ts';
import { likeRows } from './like.ts';
import { reshape } from './reshape.ts';
import { wireTarget, type Inward, type TargetWiring } from './target-wiring.ts';

/** Returns tensors as one, each flat, one after another. */
export const joined = (all: readonly Tensor[]): Tensor => {
  const [first, ...rest] = all.map((x) => x.pipe(reshape(size(x.shape))));
  if (!first) throw new Error('nothing to join');
  return concat(first, ...rest);
};

/** Connects several targets to their data. Their y is one tensor, as `joined` makes it; their −log p is added up. */
export const wireRecord = (targets: Readonly<Record<string, Target>>, inward: Inward): TargetWiring => {
  const all = Object.entries(targets).map(([name, target]) => ({
    name,
    target,
    wired: wireTarget(name, target, inward),
    own: (parameters: Parameters): Parameters =>
      Object.fromEntries(Object.keys(target.parameters).flatMap((key) => given(parameters, name, key))),
  }));
  const cuts = new WeakMap<Node, Tensors>();
  const split = (y: Tensor): Tensors => {
    const known = cuts.get(y.node) ?? cut(targets, y);
    cuts.set(y.node, known);
    return known;
  };
  const partOf = (y: Tensor, name: string): Tensor => {
    const part = split(y)[name];
    if (!part) throw new Error(`no target ${name}`);
    return part;
  };
  const apart = (parameters: Parameters, y: Tensor) =>
    all.map(({ name, wired, own }) => [name, wired.nll(own(parameters), partOf(y, name))] as const);
  return {
    seen: (y) =>
      Object.fromEntries(
        all.map(({ name, wired }): [string, Tensor] => {
          const { y: own = y } = wired.seen(partOf(y, name));
          return [name, own];
        }),
      ),
    mean: (parameters) => {
      const decoded = all.map(({ name, wired, own }) => ({ name, means: wired.mean(own(parameters)) }));
      const y = joined(decoded.map(({ means }) => means.y));
      return { y, ...namedOutputs(decoded, y) } satisfies Decoded;
    },
    noises: Object.fromEntries(
      all.flatMap(({ name, wired }) => Object.entries(wired.noises).map(([kind, shape]) => [`${name}_${kind}`, shape])),
    ),
    drawn: (parameters, noise) => {
      const each = all.map(({ name, wired, own }) => {
        const kinds = Object.keys(wired.noises);
        const given = kinds.flatMap((kind) => {
          const one = noise[`${name}_${kind}`];
          return one ? [[kind, one] as const] : [];
        });
        const means =
          kinds.length > 0 ? wired.drawn(own(parameters), Object.fromEntries(given)) : wired.mean(own(parameters));
        return { name, means };
      });
      return namedOutputs(each);
    },
    auxiliary: () => undefined,
    apart: (parameters, y) => Object.fromEntries(apart(parameters, y)),
    nll: (parameters, y) =>
      apart(parameters, y)
        .map(([, nll]) => nll)
        .reduce((sum, one) => add(sum, one)),
  };
};

/** Returns outputs of several targets under the names that they have in files; a mean has the rows of `like`. */
const namedOutputs = (each: readonly { readonly name: string; readonly means: Tensors }[], like?: Tensor): Tensors =>
  Object.fromEntries(
    each.flatMap(({ name, means }) =>
      Object.entries(means).map(([key, x]): [string, Tensor] =>
        key === 'y' ? [name, like ? likeRows(x, like) : x] : [`${name}_${key}`, x],
      ),
    ),
  );

/** Returns each target's y from that of all. */
const cut = (targets: Readonly<Record<string, Target>>, y: Tensor): Tensors => {
  let at = 0;
  return Object.fromEntries(
    Object.entries(targets).map(([name, { shape }]): [string, Tensor] => {
      const flat: Tensor = slice(at, (at += size(shape)))(y);
      return [name, flat.pipe(reshape(...shape))];
    }),
  );
};

const given = (parameters: Parameters, name: string, key: string): readonly (readonly [string, Tensor])[] => {
  const x = parameters[`${name}.${key}`];
  return x ? [[key, x]] : [];
};
