import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  hurdle,
  normalScores,
  relu,
  type Model,
  type Tensor,
} from 'cvae-compile';

/** A table of the protocol: its columns of classes, with the classes, and its columns of numbers. */
export interface Table {
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly numbers: readonly string[];
}

/** What is given: all columns of classes, or the first of them alone. */
export type Task = 'all' | 'one';

/** Returns the columns that are conditions in a task. */
export const givenIn = ({ classes }: Table, task: Task): readonly string[] =>
  Object.keys(classes).slice(0, task === 'one' ? 1 : undefined);

/** The model that all tables share: two layers of 64, a latent of 6, a prior that is learned. */
export const modelOf = (table: Table, task: Task): Model => {
  const given = givenIn(table, task);
  const kinds = Object.entries(table.classes).map(([name, classes]) => [name, classesOf(classes)] as const);
  const condition = Object.fromEntries(kinds.filter(([name]) => given.includes(name)));
  const target = {
    ...Object.fromEntries(table.numbers.map((name) => [name, hurdle(normalScores(1))])),
    ...Object.fromEntries(kinds.filter(([name]) => !given.includes(name))),
  };
  const all = (tensors: Readonly<Record<string, Tensor>>): Tensor<[number]> => {
    const [first, ...rest] = Object.values(tensors) as Tensor<[number]>[]; // Classes are one-hot, and columns are vectors.
    if (!first) throw new Error('a table without columns');
    return concat(first, ...rest);
  };
  const hidden = (x: Tensor<[number]>): Tensor<[number]> => x.pipe(dense(64), relu, dense(64), relu);
  return cvae({
    condition,
    target,
    latent: 6,
    prior: (x) => all(x).pipe(dense(32), relu, gaussian(6)),
    recognition: ({ y, ...x }) => hidden(all({ ...y, ...x } as Record<string, Tensor>)).pipe(gaussian(6)),
    decoder: (x) => hidden(all(x)).pipe(heads(target)),
  });
};

const classesOf = ([first = '', second = '', ...rest]: readonly string[]) => categorical(first, second, ...rest);
