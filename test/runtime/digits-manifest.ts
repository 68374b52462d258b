import type { Manifest } from '../../src/signature.ts';

/** The manifest of the design's first model, with a prior and a baseline, as an export would write it. */
export const manifest: Manifest = {
  format: 1,
  library: 'cvae-compile 0.1.0',
  name: 'digits',
  kind: 'cvae',
  conditions: { digit: { kind: 'categorical', shape: [10], dataShape: [], classes: 10 } },
  target: { distribution: 'bernoulli', shape: [784], dataShape: [784], image: [28, 28, 1] },
  latent: 20,
  fingerprint: '0123abcd'.repeat(8),
  opset: 18,
  files: {
    decoder: {
      file: 'decoder.onnx',
      bytes: 1234,
      sha256: '89ab'.repeat(16),
      inputs: { z: [20], digit: [10] },
      outputs: { y: [784] },
      unused: [],
    },
    prior: {
      file: 'prior.onnx',
      bytes: 1234,
      sha256: '89ab'.repeat(16),
      inputs: { digit: [10] },
      outputs: { mean: [20], logVar: [20] },
      unused: [],
    },
    baseline: {
      file: 'baseline.onnx',
      bytes: 1234,
      sha256: '89ab'.repeat(16),
      inputs: {},
      outputs: { y: [784] },
      unused: ['digit'],
    },
  },
};
