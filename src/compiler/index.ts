/**
 * Compiles a model and its weights to ONNX files whose results are verified against the reference.
 *
 * @module cvae-compile/compiler
 */
export { compile, type Compiled, type CompiledFile } from '../export/compile.ts';
export { onnxruntime, type InferenceEngine, type Loaded, type Values } from '../export/engine.ts';
export { exportModel, type Exported } from '../export/export-model.ts';
export type { AtMost, CompileOptions, ExportOptions, Packaging } from '../export/options.ts';
export type { StoredPrecision } from '../export/storage/stored.ts';
export type { Measured } from '../export/storage/gate.ts';
export type { VerifyOptions } from '../export/verify-options.ts';
export type { Agreement, TrainingBackend } from '../export/verification.ts';
export { verify } from '../export/verify.ts';
export { write } from '../export/write.ts';
