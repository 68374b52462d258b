import { required, type OperatorSpec } from './spec.ts';

/** Operators that contain graphs. */
export const CONTROL = {
  Loop: {
    inputs: { M: 'int64?', cond: 'bool?', v_initial: '...*' },
    outputs: { v_final_and_scan_outputs: '...*' },
    types: {},
    attributes: { body: required('graph') },
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
