import { same } from '../shape/same.ts';
import { asJson } from '../values/as-json.ts';
import type { Refuse } from './read.ts';

// The inputs and outputs of the two files of a decoder that writes y step by step.

type Shapes = Readonly<Record<string, readonly number[]>>;

interface Files {
  readonly start?: { readonly outputs: Shapes };
  readonly step?: { readonly inputs: Shapes; readonly outputs: Shapes };
}

/** Returns shapes without the axis of the steps. */
export const ofOneStep = (shapes: Shapes): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shape.slice(1)]));

/** Returns the outputs that every file `start` has: what stands for y before the first step. */
export const startOutputs = (y: Shapes, several: boolean): Shapes =>
  Object.fromEntries(
    Object.entries(ofOneStep(y)).map(([name, shape]) => [several ? `previous_${name}` : 'previous', shape]),
  );

/** Returns the inputs of a file `step` besides z and conditions: states and contexts have any shape. */
export const stepInputs = (y: Shapes, found: Shapes, several: boolean): Shapes => ({
  ...Object.fromEntries(Object.entries(startOutputs(y, several)).filter(([name]) => Object.hasOwn(found, name))),
  ...Object.fromEntries(Object.entries(found).filter(([name]) => /^(state|context)(_\w+)?$/.test(name))),
});

/** Refuses two files of which one does not give what the other takes. */
export const checkStepFiles = ({ start, step }: Files, refuse: Refuse): void => {
  if (!start || !step) return;
  for (const [name, shape] of Object.entries(step.inputs)) {
    const given = start.outputs[name];
    const state = step.outputs[`next_${name}`];
    const isState = /^state(_\w+)?$/.test(name);
    if ((isState || name.startsWith('context_')) && !given) refuse(`files.start.outputs.${name}`, 'none');
    if (given && !same(given, shape)) refuse(`files.step.inputs.${name} to be ${asJson(given)}`, asJson(shape));
    if (isState && (!state || !same(state, shape)))
      refuse(`files.step.outputs.next_${name} to be ${asJson(shape)}`, asJson(state));
  }
};
