// What `model.js` of a model that is exported as WebAssembly exports, …
export { toRgba } from '../picture.ts';
export { openModule } from './open.ts';
// … and what its other parts use too.
export { InvalidData, Unavailable } from '../../errors.ts';
export { inverseNormal, normals, stream, uniforms } from '../../random.ts';
export { size } from '../../shape/size.ts';
export { fileNoise, drawsItself } from '../file-noise.ts';
export { runRows } from '../rows.ts';
export { from } from '../from.ts';
export { tooMany, withoutFile, withoutLatent } from '../call-errors.ts';
export { encodeAll, encodeConditions, encodeValue, passed } from '../values.ts';
export { rowsOf } from '../rows-of.ts';
export { refused } from '../value-errors.ts';
