// No step is needed: webpack makes a chunk of the worker, and copies the WebAssembly, by itself.
export default {
  mode: 'production',
  entry: './page.js',
  performance: { hints: false }, // the WebAssembly is larger than webpack likes
};
