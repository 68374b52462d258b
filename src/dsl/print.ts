import type { Graph } from '../graph/graph.ts';
import { print as printGraph, summary, type PrintOptions } from '../graph/print.ts';
import { InvalidModel } from '../errors.ts';
import { resolve } from '../graph/resolve.ts';
import type { GraphParam } from '../graph/graph.ts';
import { show } from '../shape/show.ts';
import { likelihoodOf } from './likelihood.ts';
import { describe } from './tensor.ts';
import { isModel, type Model } from './model.ts';
import type { Target } from './target.ts';
import type { Variable } from './variables.ts';

/**
 * Returns a model's networks as graphs, by name, as written in the definition: inputs in the units the networks see,
 * logits as outputs.
 */
export const networkGraphs = (model: Model): readonly Graph[] =>
  Object.values(model.networks).flatMap((body) => (body ? [resolve(body, { mode: 'infer' })] : []));

/** Returns a custom likelihood as a graph: its name does not identify it, and it may own parameters. */
export const likelihoodGraphs = ({ target }: Model): readonly Graph[] =>
  Object.entries(target.targets ?? { '': target }).flatMap(([name, one]) =>
    one.distribution === 'custom'
      ? [resolve(likelihoodOf(one), { mode: 'infer', name: `likelihood${name && ` of ${name}`}` })]
      : [],
  );

const targetLine = (name: string, { named, distribution, shape, sigma, floor, learns, of }: Target): string => {
  const deviation = `${sigma === undefined ? '' : ` sigma=${sigma}`}${floor === undefined ? '' : ` sigma≥${floor}`}`;
  const { masses, cells } = learns ?? {};
  const learned = [
    ...(masses
      ? [` masses=${masses.most}${masses.at.length > 0 ? ` at=${masses.at.join(',')}` : ''} of ${of?.distribution}`]
      : []),
    ...(cells === undefined ? [] : [` cells=${cells}`]),
  ];
  return `  ${name}: ${named ?? distribution} ${show(shape)}${deviation}${learned.join('')}`;
};

const variable = (name: string, { kind, shape, classes, knownOf, maskOf }: Variable): string => {
  const known = knownOf && maskOf === undefined ? ` of ${knownOf.target}, ${knownOf.parts.text}` : '';
  return `  ${name}: ${kind} ${show(shape)}${Array.isArray(classes) ? ` ${classes.join(' ')}` : ''}${known}`;
};

/**
 * Prints a model as text: its variables, its networks as graphs, its parameters with their counts, and the computations
 * of custom likelihoods and ops. A hash of this text is the model's fingerprint, which weights files carry.
 *
 * @example
 * ```ts
 * import { print } from 'cvae-compile';
 * import model from './model.ts';
 *
 * console.log(print(model).split('\n')[0]); // cvae latent=20, 330,824 parameters
 * ```
 */
export function print(model: Model, options: PrintOptions = {}): string {
  if (!isModel(model))
    throw new InvalidModel(
      `print: expected a model, got ${describe(model)}; pass the result of cvae(…) or predictor(…)`,
    );
  const { own = true } = options;
  const { condition, target, latent } = model;
  const graphs = [...networkGraphs(model), ...(own ? likelihoodGraphs(model) : [])];
  const params = new Map<string, GraphParam>(graphs.flatMap((g) => g.params.map((p) => [p.name, p] as const)));
  const targets = Object.entries(target.targets ?? {}).map(([name, one]) => targetLine(`y.${name}`, one));
  return [
    `${model['~kind']}${latent > 0 ? ` latent=${latent}` : ''}, ${summary([...params.values()])}`,
    ...Object.entries(condition).map(([name, v]) => variable(name, v)),
    ...(target.targets ? targets : [targetLine('y', target)]),
    ...graphs.flatMap((graph) => ['', printGraph(graph, options)]),
    '',
  ].join('\n');
}
