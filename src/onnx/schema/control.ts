import { optional, required, type OperatorSpec } from './spec.ts';

/** Operators that contain graphs. */
export const CONTROL = {
  Loop: {
    inputs: { M: 'int64?', cond: 'bool?', v_initial: '...*' },
    outputs: { v_final_and_scan_outputs: '...*' },
    types: {},
    attributes: { body: required('graph') },
    webgpu: 0,
  },
  /** A Loop with a fixed number of iterations, which reads a slice of its last inputs in each of them. */
  Scan: {
    inputs: { initial_state_and_scan_inputs: '...*' },
    outputs: { final_state_and_scan_outputs: '...*' },
    types: {},
    attributes: {
      body: required('graph'),
      num_scan_inputs: required('int'),
      scan_input_axes: optional('ints'),
      scan_input_directions: optional('ints'),
      scan_output_axes: optional('ints'),
      scan_output_directions: optional('ints'),
    },
    webgpu: 0,
  },
  If: {
    inputs: { cond: 'bool' },
    outputs: { outputs: '...*' },
    types: {},
    attributes: { then_branch: required('graph'), else_branch: required('graph') },
    webgpu: 26,
  },
} satisfies Record<string, OperatorSpec>;
