import { invalid, word } from './attributes.ts';
import type { OnnxNode } from './graph.ts';

/** An Einsum's equation: a letter for each axis of each input, and of the output. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Reads an Einsum's equation. Without `->`, the output has the letters that occur once, in alphabetical order.
 *
 * @throws InvalidGraph for what is not letters of as many inputs as the node has, and for `…`, which is not in use.
 */
export const equationOf = (node: OnnxNode): Equation => {
  const equation = word(node, 'equation').replaceAll(' ', '');
  if (!/^[a-zA-Z]*(,[a-zA-Z]*)*(->[a-zA-Z]*)?$/.test(equation))
    throw invalid(node, 'an equation of letters, such as ij,jk->ik', JSON.stringify(equation));
  const [left = '', right] = equation.split('->');
  const inputs = left.split(',').map((letters) => [...letters]);
  if (inputs.length !== node.inputs.length)
    throw invalid(node, `an equation of ${node.inputs.length} inputs`, JSON.stringify(equation));
  const all = inputs.flat();
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  const output = right === undefined ? once : [...right];
  const wrong = output.find((letter, i) => !all.includes(letter) || output.indexOf(letter) !== i);
  if (wrong !== undefined)
    throw invalid(node, 'a result of letters of the inputs, each once', JSON.stringify(equation));
  return { inputs, output };
};
