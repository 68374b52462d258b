import type { Held, Made } from './make.ts';
import type { DatePart } from './choice.ts';
import type { PixelSet } from './material.ts';
import type { TableFacts } from './table-facts.ts';

/** Where onnxruntime-web is, and how it is to compute. */
export interface Computing {
  readonly backend: 'wasm' | 'webgpu';
  readonly threads: number;
  /** The folder that `cvae-compile assets` fills. */
  readonly ort: string;
}

/** A condition that was chosen: a column, or a part of a column of dates. */
export interface ChosenCondition {
  readonly column: string;
  readonly part?: DatePart;
}

/** What a page asks of the worker that makes models. */
export type MakeRequest =
  | { readonly do: 'read'; readonly name: string; readonly bytes: Uint8Array }
  /** Puts the rows of the table that was read last together by a column, sorted by another; without `by`, each is an example again. */
  | { readonly do: 'together'; readonly by?: string; readonly order?: string }
  | {
      readonly do: 'train';
      /** Pictures, or columns of the table that was read last. */
      readonly of:
        | { readonly pictures: PixelSet }
        | { readonly targets: readonly string[]; readonly conditions: readonly ChosenCondition[] };
      readonly name: string;
      readonly minutes: number;
      readonly runtime: readonly string[];
      readonly on: Computing;
    }
  /** Ends training; what it has reached is made into a package, if an epoch is over. */
  | { readonly do: 'stop' };

/** What that worker reports. */
export type MakeReport =
  | { readonly kind: 'table'; readonly table: TableFacts }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'progress'; readonly epoch: number; readonly spent: number }
  | { readonly kind: 'epoch'; readonly train: number; readonly validation: number | undefined }
  | { readonly kind: 'model'; readonly model: Held }
  | { readonly kind: 'made'; readonly made: Made }
  /** Training was stopped before there was anything to keep. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };
