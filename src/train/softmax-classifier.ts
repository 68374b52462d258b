/** Rows of numbers, one after another, and the class of each. */
export interface Labelled {
  readonly values: Float32Array;
  readonly labels: Int32Array;
}

/** Steps of gradient descent with momentum, and the decay that many columns on few rows need. */
const [STEPS, RATE, MOMENTUM, DECAY] = [80, 2, 0.9, 1e-2];

/**
 * Fits multinomial logistic regression to rows, and returns a function that predicts the class of each of others. It is linear, so that it
 * predicts the same for a mean as, on average, of draws about it.
 */
export const softmaxClassifier = (
  { values, labels }: Labelled,
  classes: number,
): ((rows: Float32Array) => Int32Array) => {
  const count = labels.length;
  const width = values.length / count;
  const [mean, scale] = standardisation(values, width);
  const rows = standardised(values, mean, scale);
  const weights = new Float64Array(classes * (width + 1));
  const velocity = new Float64Array(weights.length);
  // A bound on the curvature keeps the steps from overshooting.
  const rate = RATE / (1 + width);
  for (let step = 0; step < STEPS; step++) {
    const gradient = Float64Array.from(weights, (weight) => DECAY * weight);
    for (let row = 0; row < count; row++) {
      const own = rows.subarray(row * width, (row + 1) * width);
      const chances = softmax(logits(weights, own, classes));
      for (let k = 0; k < classes; k++) {
        const error = ((chances[k] ?? 0) - (labels[row] === k ? 1 : 0)) / count;
        const from = k * (width + 1);
        for (let j = 0; j < width; j++) gradient[from + j] = (gradient[from + j] ?? 0) + error * (own[j] ?? 0);
        gradient[from + width] = (gradient[from + width] ?? 0) + error;
      }
    }
    for (let i = 0; i < weights.length; i++) {
      velocity[i] = MOMENTUM * (velocity[i] ?? 0) - rate * (gradient[i] ?? 0);
      weights[i] = (weights[i] ?? 0) + (velocity[i] ?? 0);
    }
  }
  return (others) => {
    const all = standardised(others, mean, scale);
    return Int32Array.from({ length: others.length / width }, (_, row) => {
      const found = logits(weights, all.subarray(row * width, (row + 1) * width), classes);
      return found.indexOf(Math.max(...found));
    });
  };
};

const logits = (weights: Float64Array, row: Float32Array, classes: number): Float64Array => {
  const out = new Float64Array(classes);
  const width = row.length;
  for (let k = 0; k < classes; k++) {
    const from = k * (width + 1);
    let sum = weights[from + width] ?? 0;
    for (let j = 0; j < width; j++) sum += (weights[from + j] ?? 0) * (row[j] ?? 0);
    out[k] = sum;
  }
  return out;
};

const softmax = (found: Float64Array): Float64Array => {
  const most = Math.max(...found);
  const powers = found.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
};

const standardisation = (values: Float32Array, width: number): readonly [Float64Array, Float64Array] => {
  const count = values.length / width;
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (const [at, value] of values.entries()) sums[at % width] = (sums[at % width] ?? 0) + value / count;
  for (const [at, value] of values.entries())
    squares[at % width] = (squares[at % width] ?? 0) + (value - (sums[at % width] ?? 0)) ** 2 / count;
  // Of a picture, each pixel is divided alike: those that hardly vary are noise. Of columns with units of their own, each by its own.
  const typical = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / width);
  return [sums, squares.map((square) => (width > PIXELS ? typical : Math.sqrt(square)) || 1)];
};

/** A row of more numbers than this is taken for a picture. */
const PIXELS = 64;

const standardised = (values: Float32Array, mean: Float64Array, scale: Float64Array): Float32Array =>
  values.map((value, at) => (value - (mean[at % mean.length] ?? 0)) / (scale[at % mean.length] ?? 1));
