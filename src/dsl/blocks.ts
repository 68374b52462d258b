import { callable, nameRule } from '../values/rules.ts';
import { taking } from './check-arguments.ts';
import { block as blockOwn } from './trace.ts';

/**
 * Groups layers under one name: the layers applied in `body` appear under `name_1/` in the names of parameters and ONNX
 * nodes. The block is itself a layer, which may own parameters.
 *
 *     const residual = (x: Tensor<[64]>) => block('residual', () => add(x, x.pipe(dense(64), relu)));
 */
export const block = taking(
  'block',
  { args: [nameRule(true, 'name the block'), callable('a function', 'apply the layers in it: () => x.pipe(relu)')] },
  blockOwn,
);
