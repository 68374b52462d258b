import { InvalidModel } from '../errors.ts';
import type { Layer } from '../graph/node.ts';

/** Where layers are being applied: the network, its open blocks, and how often each name was used. */
interface Scope {
  readonly network: string;
  readonly path: string;
  readonly counts: Map<string, number>;
  /**
   * Layers created with wrong arguments in the network's body, and the problem with each; reported where they are
   * applied.
   */
  readonly wrong: Wrong[];
}

/** A layer created with wrong arguments: its kind, and the problem. */
interface Wrong {
  readonly name: string;
  readonly sentence: string;
}

// The only mutable state of a definition: which network's body is being read. Bodies are synchronous functions, so a
// variable that is set while one runs is enough, and layers need no context argument.
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
 * Reads a network's body: the layers applied in it are counted from 1 and named under it.
 *
 * @throws InvalidModel for a layer created with wrong arguments, even if it is never applied.
 */
export const traced = <T>(network: string, body: () => T): T =>
  within({ network, path: '', counts: new Map(), wrong: [] }, () => {
    const result = body();
    const [first] = scope.wrong;
    if (first) throw new InvalidModel(`${here(first.name)}: ${first.sentence}`);
    return result;
  });

/**
 * Returns a stand-in for a layer created with wrong arguments. JavaScript evaluates its arguments before the layers in
 * front of it are applied, so its name, `decoder/dense_2`, is known only when it is applied. Outside a network's body
 * its kind is its best name.
 *
 * @throws InvalidModel when applied, or at once outside a network's body.
 */
export const refuseWhereApplied = (name: string, sentence: string): (() => never) => {
  if (scope.network === '') throw new InvalidModel(`${here(name)}: ${sentence}`);
  scope.wrong.push({ name, sentence });
  return () => {
    throw new InvalidModel(`${upcoming(name)}: ${sentence}`);
  };
};

/**
 * Returns the name of the layer that is being applied, such as `dense_2`, and its name in errors: `decoder/dense_2`.
 */
export const nextLayer = (name: string, exact = false): Layer & { readonly where: string } => {
  const label = nextLabel(name, exact);
  scope.counts.set(name, (scope.counts.get(name) ?? 0) + 1);
  return { label, where: placed(label) };
};

/** Returns the name in errors of the next layer of this kind: `decoder/dense_2`. */
export const upcoming = (name: string): string => placed(nextLabel(name, false));

/** Returns the name of the network whose body is being read; '' outside of one. */
export const networkBeingRead = (): string => scope.network;

/** Returns the name in errors of something that is not a layer: `decoder/baseline`. */
export const here = (name: string): string => placed(`${scope.path}${name}`);

const nextLabel = (name: string, exact: boolean): string => {
  const count = (scope.counts.get(name) ?? 0) + 1;
  return `${scope.path}${exact && count === 1 ? name : `${name}_${count}`}`;
};

const placed = (label: string): string => (scope.network === '' ? label : `${scope.network}/${label}`);

/**
 * Groups layers under one name: the layers applied in `body` appear under `name_1/` in the names of parameters and ONNX
 * nodes. The block is itself a layer, which may own parameters.
 *
 *     const residual = (x: Tensor<[64]>) => block('residual', () => add(x, x.pipe(dense(64), relu)));
 */
export const block = <T>(name: string, body: (layer: Layer) => T): T => {
  const layer = nextLayer(name);
  return within({ ...scope, path: `${layer.label}/`, counts: new Map() }, () => body(layer));
};
