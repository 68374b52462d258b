/** The compiler's door: from a model and its weights to ONNX files. */
export { compile, type Compiled, type CompiledFile, type CompileOptions } from './compile.ts';
export { write } from './write.ts';
