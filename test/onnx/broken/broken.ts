/** A graph that `check` refuses. */
export interface Broken {
  readonly of: string;
  /** The graph, in ONNX's text syntax. */
  readonly text: string;
  /** What the refusal says. */
  readonly says: RegExp;
  readonly opset?: number;
  readonly irVersion?: number;
  /** What onnxruntime does with it: refuse it too, or take it, for a reason. */
  readonly ort: 'refuses' | { readonly takes: string };
}

/** A graph of one input x and one output y, both float[N, 4], with these nodes. */
export const relu = (body: string): string => `g (float[N, 4] x) => (float[N, 4] y) { ${body} }`;
