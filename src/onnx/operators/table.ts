import { ARITHMETIC } from './arithmetic.ts';
import { CONTROL as BRANCHES } from './control.ts';
import { CONVERSION } from './conversion.ts';
import { CONVOLUTION } from './convolution.ts';
import { CREATION } from './creation.ts';
import { FUNCTIONS } from './functions.ts';
import { INDEXING } from './indexing.ts';
import { JOINING } from './joining.ts';
import { LOGIC } from './logic.ts';
import { NORMALIZATION } from './normalization.ts';
import { ORDERING } from './ordering.ts';
import { PADDING } from './padding.ts';
import { POOLING } from './pooling.ts';
import { PRODUCTS } from './products.ts';
import { RECURRENCE } from './recurrence.ts';
import { REDUCTION } from './reduction.ts';
import { RESHAPING } from './reshaping.ts';
import { RESIZING } from './resizing.ts';
import { SCANNING } from './scanning.ts';

/** Operators that work element by element, with ONNX's broadcasting between two or more inputs. */
export const ELEMENTWISE = { ...ARITHMETIC, ...FUNCTIONS, ...LOGIC, ...CONVERSION };

/** Operators that move elements, look them up, or create them from a shape. */
export const SHAPES = { ...JOINING, ...RESHAPING, ...PADDING, ...INDEXING, ...ORDERING, ...CREATION };

/** Matrix products, convolutions, pooling, normalization, reductions and recurrent networks. */
export const NETWORKS = {
  ...PRODUCTS,
  ...CONVOLUTION,
  ...POOLING,
  ...RESIZING,
  ...NORMALIZATION,
  ...REDUCTION,
  ...RECURRENCE,
};

/** Operators that contain graphs. */
export const CONTROL = { ...BRANCHES, ...SCANNING };

/** Every operator in use, with all that is known of it: a family in a file. */
export const DEFINITIONS = { ...ELEMENTWISE, ...SHAPES, ...NETWORKS, ...CONTROL };
