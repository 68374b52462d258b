/**
 * Returns the inner product of each of m rows of a with each of n rows of b, all of length k: m × n numbers. Processes
 * three rows of both at a time, so that each element is read once for three products.
 */
export const innerProducts = (a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array => {
  const result = new Float64Array(m * n);
  for (let j = 0; j < n; j += 3) {
    // Past the last row these repeat it.
    const [b0, b1, b2] = [j * k, Math.min(j + 1, n - 1) * k, Math.min(j + 2, n - 1) * k];
    for (let i = 0; i < m; i += 3) {
      const [a0, a1, a2] = [i * k, Math.min(i + 1, m - 1) * k, Math.min(i + 2, m - 1) * k];
      let [s00, s01, s02] = [0, 0, 0];
      let [s10, s11, s12] = [0, 0, 0];
      let [s20, s21, s22] = [0, 0, 0];
      for (let l = 0; l < k; l++) {
        const x = a[a0 + l] ?? NaN;
        const y = a[a1 + l] ?? NaN;
        const z = a[a2 + l] ?? NaN;
        const u = b[b0 + l] ?? NaN;
        const v = b[b1 + l] ?? NaN;
        const w = b[b2 + l] ?? NaN;
        s00 += x * u;
        s01 += x * v;
        s02 += x * w;
        s10 += y * u;
        s11 += y * v;
        s12 += y * w;
        s20 += z * u;
        s21 += z * v;
        s22 += z * w;
      }
      // Repeated rows write the same numbers to the same places.
      const [r0, r1, r2] = [i * n, Math.min(i + 1, m - 1) * n, Math.min(i + 2, m - 1) * n];
      const [c0, c1, c2] = [j, Math.min(j + 1, n - 1), Math.min(j + 2, n - 1)];
      result[r0 + c0] = s00;
      result[r0 + c1] = s01;
      result[r0 + c2] = s02;
      result[r1 + c0] = s10;
      result[r1 + c1] = s11;
      result[r1 + c2] = s12;
      result[r2 + c0] = s20;
      result[r2 + c1] = s21;
      result[r2 + c2] = s22;
    }
  }
  return result;
};
