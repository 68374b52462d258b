/**
 * Outputs of a decoder for several rows, by name: `y`, its mean, `logVar` if that is learned, and whatever else the
 * likelihood's `mean` returns.
 */
export interface DecodedRows {
  readonly y: Float32Array;
  readonly [name: string]: Float32Array | undefined;
}

/** Returns a drawn value for element `at` of all rows, the j-th of its row, from one number of noise. */
export type Drawer = (at: number, j: number, noise: number) => number;

/**
 * How to draw y from p(y|x,z), element by element. A drawer that few models need is imported when it is called for, so
 * that pages do not load it.
 */
export interface Draws {
  /** The distribution of the noise: one number for each element of the data; `uniform` is from [0, 1). */
  readonly noise: 'normal' | 'uniform';
  drawer(target: DrawnTarget, decoded: DecodedRows, component: ComponentDrawer): Drawer | Promise<Drawer>;
}

/** What a drawer must know of a target, or of a mixture's components; the members are those of a signature. */
export interface DrawnTarget {
  readonly sigma?: number | readonly number[];
  readonly scale?: number | readonly number[];
  readonly settings?: Readonly<Record<string, number>>;
  readonly of?: DrawnTarget;
  readonly shape?: readonly number[];
  readonly per?: 'element' | 'place' | 'example';
}

/** What a text about a target, and a drawer of all its elements, must know of it. */
export interface DescribedTarget extends DrawnTarget {
  readonly shape: readonly number[];
  readonly dataShape: readonly number[];
  readonly classes?: number | readonly string[];
  readonly names?: readonly string[];
  readonly units?: readonly string[];
  readonly named?: string;
}

/** Returns a drawer of the target's `of` from its outputs, from uniform noise. */
export type ComponentDrawer = (decoded: DecodedRows) => Promise<Drawer>;

/** Draws a whole row of y into `y`, from one number of noise for each of its elements. */
export type JointDrawer = (row: number, noise: Float32Array, y: Float32Array) => void;

/** How to draw a y whose elements depend on each other, given the decoder's outputs. */
export interface JointDraws {
  readonly noise: 'uniform';
  joint(target: DescribedTarget, decoded: DecodedRows, component: ComponentDrawer): Promise<JointDrawer>;
}

/** The unit of losses: nats, unless what is added up is no likelihood. */
export type LossUnit = 'nats' | 'squared error' | 'absolute error';

/** The problem with a value of y, and how to fix it. */
export interface Fault {
  readonly problem: string;
  readonly remedy: string;
}

/** Returns the problem with a finite value, if there is one. */
export type FindFault = (value: number) => Fault | undefined;

/**
 * A likelihood from the point of view of its values: how they are checked, drawn, described and displayed. It consists
 * of plain functions and loads no layers, so that data, files, pages and reports can use it.
 */
export interface DistributionData {
  /** Its name in titles. */
  readonly title: string;
  /**
   * Any real numbers, positive ones, numbers from 0 to 1, whole numbers from 0, or classes given by their index and seen
   * one-hot.
   */
  readonly values: 'real' | 'positive' | 'unit' | 'counts' | 'classes';
  /** Whether −log p(y) is of a density, which depends on y's unit: dividing y by d changes it by log d. */
  readonly density: boolean;
  /** The unit of losses: nats, unless it is not a distribution. */
  readonly unit: LossUnit;
  /** Whether networks see y standardised by default. */
  readonly scalable: boolean;
  /**
   * How to draw from it; if that is not possible from what files return, a function that returns the reason as part of
   * an error: `expected …, got …`.
   */
  readonly draws: Draws | JointDraws | ((target: DescribedTarget) => string);
  /** Returns the problem with a finite value of y, if there is one; `component` finds that of the target's `of`. */
  fault?(value: number, settings: Readonly<Record<string, number>>, component?: FindFault): Fault | undefined;
  /** The smallest and the largest value, if they are finite and not what `values` says. */
  readonly range?: readonly [number, number];
  /** Returns the likeliest value of an element of this mean, if that is another. */
  likeliest?(mean: number): number;
  /** Describes the numbers of the output `y`; `say` escapes each name chosen by a user. */
  describe(target: DescribedTarget, say: (name: string) => string): string;
}
