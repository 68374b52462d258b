// Runs files on onnxruntime-node's WebGPU: bytes and inputs come as messages, and go back as numbers.
process.env.ORT_DISABLE_TELEMETRY ??= '1';
const { InferenceSession, Tensor } = (await import('onnxruntime-node')).default;

const answer = async ({ bytes, inputs }) => {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['webgpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const answers = [];
  for (const given of inputs) {
    const feeds = session.inputNames.map((name) => [
      name,
      new Tensor('float32', Float32Array.from(given[name].data), given[name].shape),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    answers.push(
      Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [name, { shape: dims, data: data.slice() }]),
      ),
    );
  }
  await session.release();
  return answers;
};

// One after another: WebGPU's sessions must not run at the same time.
let last = Promise.resolve();
process.on('message', (message) => {
  last = last
    .then(() => answer(message))
    .then(
      (answers) => process.send({ answers }),
      (error) => process.send({ error: String(error) }),
    );
});
process.on('disconnect', () => process.exit(0));
