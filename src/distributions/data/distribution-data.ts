import type { TargetSignature } from '../../signature.ts';

/** Outputs of a decoder for several rows, by name: `y`, its mean, and `logVar` where that is learned. */
export interface DecodedRows {
  readonly y: Float32Array;
  readonly logVar?: Float32Array | undefined;
}

/** The value of element `at` of all rows, the j-th of its row, made of one number of noise. */
export type Drawer = (at: number, j: number, noise: number) => number;

/** How y is drawn from p(y|x,z). */
export interface Draws {
  /** The noise it is made of: one number for each element of the data. */
  readonly noise: 'normal' | 'uniform';
  drawer(target: TargetSignature, decoded: DecodedRows): Drawer;
}

/** Why a value cannot be one of y, and how to fix it. */
export interface Fault {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * A likelihood as its values are concerned: how they are checked, drawn, described and shown. It is plain functions and loads no
 * layer, so that data, files, pages and reports can ask it.
 */
export interface DistributionData {
  /** What a title calls it. */
  readonly title: string;
  /** Any real numbers, numbers from 0 to 1, whole numbers from 0, or classes given by their index and seen one-hot. */
  readonly values: 'real' | 'unit' | 'counts' | 'classes';
  /** Whether −log p(y) is of a density, which depends on the unit y is in: by log d where y is divided by d. */
  readonly density: boolean;
  /** What losses are in: nats, unless it is no distribution. */
  readonly unit: 'nats' | 'squared error';
  /** Whether networks see y standardised unless told not to. */
  readonly scalable: boolean;
  /** How it is drawn from; why it cannot be by y's mean and log-variance, as an error says it: `expected …, got …`. */
  readonly draws: Draws | ((target: TargetSignature) => string);
  /** What is wrong with a finite value of y, if something is. */
  fault?(value: number): Fault | undefined;
  /** What the numbers of the output `y` are; `say` writes each name that a user has chosen. */
  describe(target: TargetSignature, say: (name: string) => string): string;
}
