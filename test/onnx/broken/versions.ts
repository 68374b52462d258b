import { relu, type Broken } from './broken.ts';

/** Graphs of versions that do not go together or are not known. */
export const VERSIONS: readonly Broken[] = [
  {
    of: 'an opset before those in use',
    text: relu('[a] y = Relu (x)'),
    says: /^g: expected an opset from 13 to 26, got 12;/,
    opset: 12,
    irVersion: 7,
    ort: { takes: 'the table of operators begins at 13' },
  },
  {
    of: 'an opset that onnxruntime does not know',
    text: relu('[a] y = Relu (x)'),
    says: /^g: expected an opset from 13 to 26, got 27;/,
    opset: 27,
    irVersion: 13,
    ort: 'refuses',
  },
  {
    of: 'a format that onnxruntime does not know',
    text: relu('[a] y = Relu (x)'),
    says: /^g: expected an IR version from 8 to 13 for opset 18, got 14;/,
    irVersion: 14,
    ort: 'refuses',
  },
  {
    of: 'a format from before the opset',
    text: relu('[a] y = Relu (x)'),
    says: /^g: expected an IR version from 8 to 13 for opset 18, got 7;/,
    irVersion: 7,
    ort: { takes: 'it does not compare the two' },
  },
];
