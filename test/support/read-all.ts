/** Returns the whole of a text that comes in pieces. */
export const readAll = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};
