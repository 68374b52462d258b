import { libraryElementwise } from './elementwise.ts';

const TURN = 2 * Math.PI;

/** Moves an angle in radians by whole turns into [−π, π). */
export const wrapAngle = libraryElementwise(
  'wrapAngle',
  (tf, [x]) => tf.sub(x, tf.mul(tf.floor(tf.add(tf.div(x, TURN), 0.5)), TURN)),
  (onnx, [x]) => onnx.Sub(x, onnx.Mul(onnx.Floor(onnx.Add(onnx.Div(x, TURN), 0.5)), TURN)),
);
