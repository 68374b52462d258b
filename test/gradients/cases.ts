import type { Operator } from '../../src/onnx/schema.ts';
import { averagePools, convolutions, maxPools, resizes, transposedConvolutions } from './cases/images.ts';
import { elementwise } from './cases/elementwise.ts';
import { moves } from './cases/moves.ts';
import { networks } from './cases/networks.ts';
import { recurrent, scans } from './cases/scans.ts';
import type { Case } from './numeric.ts';

/**
 * Cases of every operator that has a gradient; `flat` where its output does not change with small changes of its inputs, and
 * `opaque` where a gradient through it is refused.
 */
export const CASES: Readonly<Record<Operator, readonly Case[] | 'flat' | 'opaque'>> = {
  ...elementwise,
  ...moves,
  ...networks,
  Conv: convolutions,
  ConvTranspose: transposedConvolutions,
  MaxPool: maxPools,
  AveragePool: averagePools,
  Resize: resizes,
  Loop: 'opaque',
  Scan: scans,
  GRU: recurrent.GRU,
  LSTM: recurrent.LSTM,
  If: 'opaque',
};
