/** Returns a function that rounds numbers to a number of digits and leaves whole numbers as they are. */
export const toDigits =
  (digits: number) =>
  (value: number): number =>
    Number.isInteger(value) && Math.abs(value) <= 2 ** 24 ? value : Number(value.toPrecision(digits));
