/** Returns the type of a value or a batch of them: of several axes, each also as lists within lists. */
export const givenText = (value: string, [, ...others]: readonly number[]): string =>
  others.length === 0 ? `Given<${value}>` : `${value} | readonly (${givenText(value, others)})[]`;
