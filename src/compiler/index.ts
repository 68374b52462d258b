// The compiler's door: from a model and its weights to ONNX files that were compared with what they should give.
export { compile, type Compiled, type CompiledFile, type CompileOptions } from './compile.ts';
export { onnxruntime, type Engine, type Loaded, type Values } from './engine.ts';
export { verify, type Agreement, type Backend, type VerifyOptions } from './verify.ts';
export { write } from './write.ts';
