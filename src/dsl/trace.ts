import { InvalidModel } from '../errors.ts';
import type { Layer } from '../graph/node.ts';

/** Where layers are being applied: the network, the blocks open in it, and how often each name was used. */
interface Scope {
  readonly network: string;
  readonly path: string;
  readonly counts: Map<string, number>;
  /** Layers that were made wrongly in the network's body, and what is wrong with them; said where they are applied. */
  readonly wrong: Wrong[];
}

/** A layer that was made wrongly: its kind, and what is wrong. */
interface Wrong {
  readonly name: string;
  readonly sentence: string;
}

// The one piece of mutable state of a definition: which network's body is being read. Bodies are synchronous functions, so
// a variable that is set while one runs is enough, and layers need not be handed a context.
let scope: Scope = { network: '', path: '', counts: new Map(), wrong: [] };

const within = <T>(inner: Scope, body: () => T): T => {
  const outer = scope;
  scope = inner;
  try {
    return body();
  } finally {
    scope = outer;
  }
};

/**
 * Reads a network's body: the layers applied meanwhile are counted from 1 and named under it.
 *
 * @throws InvalidModel for a layer that was made wrongly, also where it is not applied after all.
 */
export const traced = <T>(network: string, body: () => T): T =>
  within({ network, path: '', counts: new Map(), wrong: [] }, () => {
    const result = body();
    const [first] = scope.wrong;
    if (first) throw new InvalidModel(`${here(first.name)}: ${first.sentence}`);
    return result;
  });

/**
 * What a layer that was made wrongly is instead: its arguments stand before the layers in front of it are applied, so that only
 * its application knows its name, `decoder/dense_2`. Outside a network's body nothing names it better than its kind.
 *
 * @throws InvalidModel there.
 */
export const refuseWhereApplied = (name: string, sentence: string): (() => never) => {
  if (scope.network === '') throw new InvalidModel(`${here(name)}: ${sentence}`);
  scope.wrong.push({ name, sentence });
  return () => {
    throw new InvalidModel(`${upcoming(name)}: ${sentence}`);
  };
};

/** A layer's name where it is applied now, such as `dense_2`, and how an error calls it: `decoder/dense_2`. */
export const nextLayer = (name: string, exact = false): Layer & { readonly where: string } => {
  const label = nextLabel(name, exact);
  scope.counts.set(name, (scope.counts.get(name) ?? 0) + 1);
  return { label, where: placed(label) };
};

/** How an error calls the layer of this name that would be applied next: `decoder/dense_2`. */
export const upcoming = (name: string): string => placed(nextLabel(name, false));

/** How an error calls what happens now to something of this name, which is no layer: `decoder/baseline`. */
export const here = (name: string): string => placed(`${scope.path}${name}`);

const nextLabel = (name: string, exact: boolean): string => {
  const count = (scope.counts.get(name) ?? 0) + 1;
  return `${scope.path}${exact && count === 1 ? name : `${name}_${count}`}`;
};

const placed = (label: string): string => (scope.network === '' ? label : `${scope.network}/${label}`);

/**
 * Layers that are named as one: those applied in `body` stand under `name_1/`, in the names of parameters and ONNX nodes.
 * The block is itself a layer, which may own parameters.
 *
 *     const residual = (x: Tensor<[64]>) => block('residual', () => add(x, x.pipe(dense(64), relu)));
 */
export const block = <T>(name: string, body: (layer: Layer) => T): T => {
  const layer = nextLayer(name);
  return within({ ...scope, path: `${layer.label}/`, counts: new Map() }, () => body(layer));
};
