import type { Tensors } from '../dsl/network.ts';
import { type Decoded, type Parameters, type Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Node } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { own as member } from '../values/own.ts';
import { add, mul } from './arithmetic.ts';
import { concat, slice } from './concat.ts';
import { likeRows } from './broadcast-like.ts';
import { reshape } from './reshape.ts';
import { wireTarget, type Inward, type TargetWiring } from './target-wiring.ts';

/** Returns tensors as one, each flat, one after another. */
export const joined = (all: readonly Tensor[]): Tensor => {
  const [first, ...rest] = all.map((x) => x.pipe(reshape(size(x.shape))));
  if (!first) throw new Error('nothing to join');
  return concat(first, ...rest);
};

/**
 * Connects several targets to their data. Their y is one tensor, as `joined` makes it, and so is the mask of those that have one; their
 * −log p is added up. `endsOf` returns masks of what is before the end of sequences.
 */
export const wireRecord = (
  targets: Readonly<Record<string, Target>>,
  inward: Inward,
  endsOf: (parts: Tensors, masks: Tensors) => Readonly<Record<string, Tensor>> = () => ({}),
): TargetWiring => {
  const all = Object.entries(targets).map(([name, target]) => ({
    name,
    wired: wireTarget(name, target, inward),
    own: (parameters: Parameters): Parameters =>
      Object.fromEntries(Object.keys(target.parameters).flatMap((key) => given(parameters, name, key))),
  }));
  const shapesOf = (among: typeof targets, shape: 'shape' | 'dataShape') =>
    Object.entries(among).map(([name, target]) => [name, target[shape]] as const);
  const ofY = cutting(shapesOf(targets, 'shape'));
  const masked = Object.fromEntries(Object.entries(targets).filter(([, target]) => hasMask(target)));
  const ofMask = cutting(shapesOf(masked, 'dataShape'));
  const partOf = (y: Tensor, name: string): Tensor => {
    const part = ofY(y)[name];
    if (!part) throw new Error(`no target ${name}`);
    return part;
  };
  const maskOf = (mask: Tensor | undefined, name: string): Tensor | undefined => mask && member(ofMask(mask), name);
  const apart = (parameters: Parameters, y: Tensor, mask?: Tensor) => {
    const ends = endsOf(ofY(y), mask ? ofMask(mask) : {});
    return all.map(({ name, wired, own }) => {
      const [counted, before] = [maskOf(mask, name), member(ends, name)];
      const both = counted && before ? mul(counted, before) : (counted ?? before);
      return [name, wired.nll(own(parameters), partOf(y, name), both)] as const;
    });
  };
  return {
    seenOf: (name, y) => {
      const one = all.find((each) => each.name === name);
      if (!one) throw new Error(`no target ${name}`);
      return one.wired.seenOf(name, y);
    },
    seen: (y, mask, known) =>
      Object.fromEntries(
        all.flatMap(({ name, wired }): [string, Tensor][] => {
          const seen = wired.seen(partOf(y, name), maskOf(mask, name), known);
          return [[name, seen.y], ...(seen.mask ? [[maskName(name), seen.mask] satisfies [string, Tensor]] : [])];
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
    apart: (parameters, y, mask) => Object.fromEntries(apart(parameters, y, mask)),
    nll: (parameters, y, mask) =>
      apart(parameters, y, mask)
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

/** Returns a function that cuts a tensor, as `joined` makes it, into those of these shapes by name: each tensor once. */
const cutting = (shapes: readonly (readonly [name: string, shape: Shape])[]): ((whole: Tensor) => Tensors) => {
  const known = new WeakMap<Node, Tensors>();
  const cut = (whole: Tensor): Tensors => {
    let at = 0;
    return Object.fromEntries(
      shapes.map(([name, shape]): [string, Tensor] => {
        const flat: Tensor = slice(at, (at += size(shape)))(whole);
        return [name, flat.pipe(reshape(...shape))];
      }),
    );
  };
  return (whole) => {
    const parts = known.get(whole.node) ?? cut(whole);
    known.set(whole.node, parts);
    return parts;
  };
};

const given = (parameters: Parameters, name: string, key: string): readonly (readonly [string, Tensor])[] => {
  const x = parameters[`${name}.${key}`];
  return x ? [[key, x]] : [];
};
