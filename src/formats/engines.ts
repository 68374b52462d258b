/** The file of a site that says what can run its model. */
export const ENGINES_FILE = 'engines.json';

/** The content of `engines.json`. */
export interface Engines {
  /** The model as WebAssembly, in its folder; left out if there is none, … */
  readonly module?: string;
  /** … for this reason. */
  readonly reason?: string;
  /** Whether the site has the ONNX files and onnxruntime-web, and its build for WebGPU. */
  readonly onnx: boolean;
  readonly webgpu: boolean;
}
