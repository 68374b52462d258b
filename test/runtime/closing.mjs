// node closing.mjs FOLDER BACKEND: closes a model and its trainer at every moment of a call; prints what became of the calls.
import { open, trainer } from '../../dist/runtime/node.js';

const [, , folder, backend] = process.argv;
const said = (call) =>
  call.then(
    (result) => `${result?.shape ?? result?.loss ?? 'done'}`,
    (error) => `${error.name}: ${error.message}`,
  );
const later = async (microtasks) => {
  for (let i = 0; i < microtasks; i++) await undefined;
};
const given = { kind: ['left', 'right'] };
const found = { model: [], trainer: [] };

const expected = await (async () => {
  const model = await open(folder, { backend });
  const { data } = await model.sample(given, { count: 3, seed: 1 });
  await model.close();
  return data;
})();

for (let microtasks = 0; microtasks < 12; microtasks++) {
  const model = await open(folder, { backend });
  const calls = [model.sample(given, { count: 3, seed: 1 }), model.mean(given), model.selfTest()];
  const right = calls[0].then(({ data }) => data.every((value, i) => value === expected[i]));
  await later(microtasks);
  const ends = [model.close(), model.close()];
  const late = said(model.sample(given));
  found.model.push([await right, ...(await Promise.all([...calls.map(said), late, ...ends.map(said)]))]);
  await model.close();
  found.model.at(-1).push(await said(model.mean(given)));
}

const batch = { kind: ['left', 'right'], y: [Array(8).fill(0.5), Array(8).fill(0.25)] };
for (let microtasks = 0; microtasks < 6; microtasks++) {
  const learner = await trainer(folder, { backend });
  const calls = [learner.step(batch), learner.step(batch)];
  await later(microtasks);
  const ends = [learner.close(), learner.close()];
  const late = said(learner.step(batch));
  const ended = await Promise.all([...calls.map(said), late, ...ends.map(said)]);
  found.trainer.push([...ended.map((text) => text.replace(/^[\d.]+$/, 'a loss')), (await learner.weights()).size > 4]);
  await learner.close();
}

{
  const model = await open(folder, { backend });
  const dispose = model[Symbol.asyncDispose];
  const call = model.sample(given);
  await dispose();
  found.disposed = [await said(call), await said(model.sample(given))];
}
// Many at once, of two models of one runtime.
const two = await Promise.all([open(folder, { backend }), open(folder, { backend })]);
const many = await Promise.all(Array.from({ length: 20 }, (_, i) => two[i % 2].sample(given, { count: 3, seed: 1 })));
found.many = many.every(({ data }) => data.every((value, i) => value === expected[i]));
await Promise.all(two.map((model) => model.close()));
process.stdout.write(JSON.stringify(found));
