import type { Model } from '../dsl/model.ts';
import { namedTargets } from '../dsl/named-targets.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import type { Decoded } from '../dsl/target.ts';
import type { Graph } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import type { Shape } from '../shape/shape.ts';
import { maskName } from '../values/mask-name.ts';
import { broadcastLike, likeRows } from './broadcast-like.ts';
import { reparameterise } from './gaussian.ts';
import { stepGraphs } from './steps-inference.ts';
import { isStandardised } from './target-wiring.ts';
import { batchOf, conditionShapes, maskShapes, targetShapes, wire } from './wiring.ts';

/** A model's graphs for inference, as exported: mean parameters instead of logits, in the data's own units. */
export interface Inference {
  /** z and conditions → y's mean, and by name whatever else a draw needs; a predictor's has no z. Absent for steps. */
  readonly decoder?: Graph;
  /** z and conditions → what the first step is given; only for a decoder of steps. */
  readonly start?: Graph;
  /** The same of a step, z and conditions → y's mean in it, whatever else a draw needs, and the next state; likewise. */
  readonly step?: Graph;
  /** Conditions → mean and log-variance of z; absent if the prior is N(0, I). */
  readonly prior?: Graph;
  /** Conditions → the prediction ŷ, as y's mean. */
  readonly baseline?: Graph;
  /** Conditions and noise → the decoder's outputs; includes prior and reparameterisation. Absent for a predictor and for steps. */
  readonly sampler?: Graph;
  /** Conditions and y → mean and log-variance of z. */
  readonly recognition?: Graph;
  /**
   * z, conditions and noise, named `uniform` and `normal` (`rain_uniform` for one of several targets) → a draw of y; of several targets
   * a draw of each that layers draw, and what the decoder returns for the others. Absent if layers draw none.
   */
  readonly draw?: Graph;
}

/** Returns a model's resolved graphs for inference. */
export function inference(model: Model): Inference {
  const wiring = wire(model);
  const { latent, networks, target, steps } = model;
  const given = conditionShapes(model);
  // Only those that recognition reads, or that say where its y is missing.
  const read = new Set([
    ...Object.keys(networks.recognition?.inputs ?? {}),
    ...Object.entries(namedTargets(target)).flatMap(([name, one]) => (isStandardised(one) ? [maskName(name)] : [])),
  ]);
  const masks = Object.fromEntries(Object.entries(maskShapes(model)).filter(([name]) => read.has(name)));
  const z: Record<string, Shape> = latent > 0 ? { z: [latent] } : {};
  const graph = (name: string, inputs: Record<string, Shape>, body: (inputs: Tensors) => Tensors): Graph =>
    resolve(bodyOf('output', inputs, body), { mode: 'infer', name });
  const gaussian = (g: ReturnType<typeof wiring.prior>): Tensors =>
    g ? { mean: g.mean, logVar: broadcastLike(g.logVar, g.mean) } : {};
  // A parameter that the decoder shares between all examples has no batch axis, which every output of a file has.
  const decoded = ({ y, logVar, ...more }: Decoded): Tensors => ({
    // Several targets are outputs under their own names.
    ...(target.targets ? {} : { y }),
    ...(logVar && { logVar }),
    ...Object.fromEntries(Object.entries(more).map(([name, x]) => [name, likeRows(x, y)])),
  });
  const conditions = (given: Tensors): Tensors =>
    Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'z'));

  return {
    ...(steps
      ? stepGraphs(model, steps, { ...z, ...given })
      : {
          decoder: graph('decoder', { ...z, ...given }, (x) =>
            decoded(wiring.mean(wiring.decoder(conditions(x), x['z']))),
          ),
        }),
    ...(networks.prior && { prior: graph('prior', given, (x) => gaussian(wiring.prior(x))) }),
    ...(networks.baseline && {
      baseline: graph('baseline', given, (x) => decoded(wiring.mean(wiring.baseline(x) ?? {}))),
    }),
    ...(latent > 0 &&
      !steps && {
        sampler: graph('sampler', { noise: [latent], ...given }, ({ noise, ...x }) => {
          const prior = wiring.prior(x);
          return decoded(wiring.mean(wiring.decoder(x, prior && noise ? reparameterise(prior, noise) : noise)));
        }),
      }),
    ...(networks.recognition && {
      recognition: graph('recognition', { ...targetShapes(model), ...masks, ...given }, (batch) => {
        const { y, mask: counted, x } = batchOf(model, batch);
        return gaussian(wiring.recognition(x, y, counted));
      }),
    }),
    // Steps are drawn by the file `step`.
    ...(Object.keys(wiring.noises).length > 0 &&
      !steps && {
        draw: graph('draw', { ...z, ...given, ...wiring.noises }, (all) => {
          const x = Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(wiring.noises, name)));
          return wiring.drawn(wiring.decoder(conditions(x), x['z']), all);
        }),
      }),
  };
}
