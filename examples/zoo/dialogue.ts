import {
  categorical,
  concat,
  constant,
  cvae,
  dense,
  dropout,
  each,
  gaussian,
  gru,
  network,
  reshape,
  steps,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

// The original has 10,000 words, 40 in an utterance, 300 to 600 units and z of 200 dimensions.
const WORDS = 50;
const LENGTH = 12;
const UNITS = 32;
const LATENT = 10;

/** An utterance: words, of which the first is its end. */
const utterance = categorical(WORDS, { at: [LENGTH], end: 0 });
const question = categorical(WORDS, { at: [LENGTH] });

/** Reads an utterance. */
const read = network('read', { words: question }, ({ words }) =>
  words.pipe(each(dense(16)), gru(UNITS, { last: true })),
);

/** Answers an utterance, word by word (snakeztc/NeuralDialog-CVAE, without its acts and bag of words). */
export default cvae({
  condition: { question, speaker: categorical(2) },
  target: utterance,
  latent: LATENT,
  prior: ({ question: words, speaker }) => concat(read({ words }), speaker).pipe(dense(UNITS), gaussian(LATENT)),
  recognition: ({ y, question: words, speaker }) =>
    concat(read({ words: y }), read({ words }), speaker).pipe(dense(UNITS), gaussian(LATENT)),
  decoder: ({ z, question: words, speaker }) => {
    const given = concat(z, read({ words }), speaker);
    return steps(utterance, { start: constant([WORDS], 0), state: given.pipe(dense(UNITS)) }, ({ previous, state }) => {
      const seen = concat(previous.pipe(dropout(0.3), dense(16)), given).pipe(reshape(1, 16 + LATENT + UNITS + 2));
      const next = seen.pipe(gru(UNITS, { initial: state, last: true }));
      return { out: next.pipe(dense(WORDS)), state: next };
    });
  },
});

/** Invented dialogues: an answer says some of the words again, then a phrase of one of three kinds. */
export const data = rows(11, (random) => {
  const words = list(3 + pick(random, 5), () => 20 + pick(random, 30));
  const kind = pick(random, 3);
  const phrase = [
    [1, 2, 3],
    [4, 5],
    [6, 7, 8, 9],
  ][kind];
  const answer = [...words.slice(0, 1 + pick(random, 3)), ...(phrase ?? [])];
  const filled = (all: readonly number[]) => list(LENGTH, (i) => all[i] ?? 0);
  return { question: filled(words), speaker: pick(random, 2), y: filled(answer) };
});
