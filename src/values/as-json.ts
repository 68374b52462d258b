/** Returns a value parsed from JSON as JSON again, shortened to fit a sentence. */
export const asJson = (value: unknown): string => {
  const text = jsonOf(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    return 'one that is nested too deep';
  }
};
