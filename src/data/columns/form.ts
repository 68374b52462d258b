/** The names of the numbers of the table `form`, in order. */
export const FORM = ['least', 'most', 'power', 'mean', 'deviation', 'jitter'] as const;

/** Returns one of these numbers of each element. */
export const formOf = (form: ArrayLike<number>, name: (typeof FORM)[number]): readonly number[] =>
  Array.from(
    { length: form.length / FORM.length },
    (_, element) => form[element * FORM.length + FORM.indexOf(name)] ?? NaN,
  );
