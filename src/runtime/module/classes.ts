// What `model.js` needs of classes, if a condition or a target of its model has any.
export { oneHot } from '../class-values.ts';
export { classesText, classRemedy } from '../class-words.ts';
export { shades } from '../shades.ts';
