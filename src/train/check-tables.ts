import type { Variables } from '../data/variable.ts';
import { tableName } from '../dsl/column-tables.ts';
import { WeightsMismatch } from '../errors.ts';
import type { Weights } from '../weights/weights.ts';

/**
 * Checks what targets have learned of their columns: numbers that are finite, edges and scores that rise, at least one class, and a
 * range. `where` says where the weights come from; tables that are missing are not looked at.
 *
 * @throws WeightsMismatch
 */
export const checkTables = (where: string, variables: Variables, weights: Weights): void => {
  for (const [name, { learns }] of Object.entries(variables)) {
    if (!learns) continue;
    const check = (table: string, expected: string, isRight: (row: Float32Array) => boolean): void => {
      const weight = weights.get(tableName(name, table));
      if (!weight) return;
      const width = weight.shape.at(-1) ?? 1;
      for (let from = 0; from < weight.data.length; from += width) {
        const row = weight.data.subarray(from, from + width);
        if (row.every(Number.isFinite) && isRight(row)) continue;
        throw new WeightsMismatch(
          `${where}: expected ${expected} as ${tableName(name, table)}, got other numbers; train again, or give the weights as training wrote them`,
        );
      }
    };
    check('edges', 'numbers that rise', rises);
    check('scores', 'numbers that rise', rises);
    check('values', 'finite numbers', () => true);
    check('rises', 'numbers from 0', (row) => row.every((value) => value >= 0));
    check('masses', 'finite numbers', () => true);
    check('present', '0 and 1, one of which is 1', (row) => row.every((v) => v === 0 || v === 1) && row.includes(1));
    check(
      'form',
      'a range, decimals and a standard deviation',
      ([least = 0, most = 0, power = -1, , deviation = 0]) => {
        return least <= most && power >= 0 && deviation > 0;
      },
    );
  }
};

const rises = (row: Float32Array): boolean => row.every((value, i) => i === 0 || value >= (row[i - 1] ?? value));
