import { OnnxBuilder } from '../../onnx/builder.ts';
import { encode } from '../../onnx/encode.ts';
import { irVersionOf } from '../../onnx/schema.ts';
import type { Manifest } from '../../signature.ts';
import { LIBRARY } from '../../version.ts';
import { partName, wholeName } from '../names.ts';
import type { TritonModel } from './config.ts';

/** A model of Triton, and the bytes of its file if it has one of its own. */
export interface Made {
  readonly model: TritonModel;
  readonly bytes?: Uint8Array;
}

/**
 * Returns the models that make samples of prior and decoder: z = mean + exp(logVar / 2) · noise as a file, and an ensemble with the inputs
 * and outputs of `sampler.onnx`, but none of its weights. None if there is a sampler, or no prior, so that z is noise, or if y is written step
 * by step.
 */
export const ensembleOf = (manifest: Manifest): readonly Made[] => {
  const { files, latent } = manifest;
  const { sampler, prior, decoder } = files;
  if (sampler || !prior || !decoder) return [];
  const z = [latent];
  const name = `${wholeName(manifest)}_latent`;
  const moments = Object.keys(prior.outputs);
  const { z: _, ...conditions } = { ...prior.inputs, ...decoder.inputs };
  const same = (names: readonly string[]) => Object.fromEntries(names.map((own) => [own, own]));
  const latentModel: TritonModel = { name, inputs: { ...prior.outputs, noise: z }, outputs: { z } };
  const ensemble: TritonModel = {
    name: partName(manifest, 'sampler'),
    inputs: { ...conditions, noise: z },
    outputs: decoder.outputs,
    steps: [
      { model: partName(manifest, 'prior'), inputs: same(Object.keys(prior.inputs)), outputs: same(moments) },
      { model: name, inputs: same([...moments, 'noise']), outputs: same(['z']) },
      {
        model: partName(manifest, 'decoder'),
        inputs: same(Object.keys(decoder.inputs)),
        outputs: same(Object.keys(decoder.outputs)),
      },
    ],
  };
  return [{ model: latentModel, bytes: latentFile(name, latent, moments.includes('logVar')) }, { model: ensemble }];
};

/** Writes z = mean + exp(logVar / 2) · noise as ONNX; without log σ², σ is 1. */
const latentFile = (name: string, latent: number, hasVariance: boolean): Uint8Array => {
  const onnx = new OnnxBuilder(name);
  const input = (own: string) => onnx.input(own, 'float32', ['N', latent]);
  const mean = input('mean');
  const deviation = hasVariance ? onnx.Exp(onnx.Mul(input('logVar'), 0.5)) : 1;
  onnx.output('z', onnx.Add(mean, onnx.Mul(input('noise'), deviation)), 'float32', ['N', latent]);
  const { opset } = onnx;
  return encode({ graph: onnx.graph(), opset, irVersion: irVersionOf(opset), metadata: {}, producer: LIBRARY });
};
