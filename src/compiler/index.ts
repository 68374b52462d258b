// The compiler's door: from a model and its weights to ONNX files that were compared with what they should give.
export { compile, type Compiled, type CompiledFile, type CompileOptions } from '../export/compile.ts';
export { onnxruntime, type InferenceEngine, type Loaded, type Values } from '../export/engine.ts';
export { verify } from '../export/verify.ts';
export type { Agreement, TrainingBackend, VerifyOptions } from '../export/verification.ts';
export { exportModel, type Exported, type ExportOptions } from '../export/export-model.ts';
export type { Packaging } from '../export/package/packaging.ts';
export { write } from '../export/write.ts';
