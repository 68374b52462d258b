/** Letters that are as wide as two others: Chinese, Japanese, Korean, and emoji. */
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/u;

/** Returns the width of a text, in letters of a usual width. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);

/** Returns a text that is at most `most` letters wide: a longer one is cut, and ends in `…`. */
export const fittedText = (text: string, most: number): string => {
  if (widthOf(text) <= most) return text;
  const kept: string[] = [];
  let width = 1;
  for (const letter of text) {
    width += widthOf(letter);
    if (width > most) break;
    kept.push(letter);
  }
  return `${kept.join('').trimEnd()}…`;
};
