import { axisOf, invalid } from '../../onnx/attributes.ts';
import { number, word } from '../../onnx/defaults.ts';
import { adding, axesOf, zeros } from './fit.ts';
import type { GradientRule } from './rule.ts';

/** The gradient of a looked-up element is the sum of the gradients of all its copies; that of all others is zero. */
export const gather: GradientRule = (site) => {
  const { onnx, node, gradient, input } = site;
  const [x, indices] = [input(0), input(1)];
  const axis = axisOf(node, number(node, 'axis'), x.shape.length);
  return [
    () => {
      // ScatterND places slices along the first axis: the looked-up axis is moved there, and back.
      const looked = axesOf(indices.shape.length).map((i) => axis + i);
      const rest = axesOf(x.shape.length + looked.length - 1).filter((i) => !looked.includes(i));
      const front = axis === 0 ? gradient : onnx.Transpose(gradient, [...looked, ...rest]);
      const others = axesOf(x.shape.length).filter((i) => i !== axis);
      const empty = axis === 0 ? zeros(onnx, x) : onnx.Transpose(zeros(onnx, x), [axis, ...others]);
      const places = onnx.Unsqueeze(
        indices.dtype === 'int64' ? indices.value : onnx.Cast(indices.value, 'int64'),
        [-1],
      );
      const put = onnx.ScatterND(empty, places, front, adding(site));
      if (axis === 0) return put;
      return onnx.Transpose(
        put,
        axesOf(x.shape.length).map((i) => (i === axis ? 0 : others.indexOf(i) + 1)),
      );
    },
  ];
};

/** Like `gather`, element by element. */
export const gatherElements: GradientRule = (site) => {
  const { onnx, node, gradient, input } = site;
  const axis = number(node, 'axis');
  return [() => onnx.ScatterElements(zeros(onnx, input(0)), input(1).value, gradient, { axis, ...adding(site) })];
};

/** Replaced data receive no gradient; updates receive that of the position to which they were written. */
export const scatterElements: GradientRule = ({ onnx, node, gradient, input }) => {
  const [axis, reduction] = [number(node, 'axis'), word(node, 'reduction')];
  if (reduction !== 'none' && reduction !== 'add')
    throw invalid(node, 'updates that replace or are added, to train what is before it', reduction);
  return [
    () =>
      reduction === 'add' ? gradient : onnx.ScatterElements(gradient, input(1).value, zeros(onnx, input(2)), { axis }),
    undefined,
    () => onnx.GatherElements(gradient, input(1).value, { axis }),
  ];
};
