/** Returns the likeliest class of each place, of which each has as many chances; −1 for one without any. */
export const likeliestOf = (chances: ArrayLike<number>, places: number): readonly number[] => {
  const classes = chances.length / places;
  const all = Array.from(chances);
  return Array.from({ length: places }, (_, place) => {
    const own = all.slice(place * classes, (place + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
};
