// A mask has a number for each step: of 40 here, not of 20, and of 12 of the sequence that is attended to.
import {
  attention,
  bidirectional,
  constant,
  gru,
  type Tensor,
  transformerDecoder,
  transformerEncoder,
} from 'cvae-compile';

declare const series: Tensor<[40, 16]>;
declare const text: Tensor<[12, 16]>;
const [twenty, forty] = [constant([20], 1), constant([40], 1)];

series.pipe(attention({ heads: 2, mask: twenty }));
series.pipe(attention({ heads: 2, of: text, mask: forty }));
series.pipe(gru(8, { mask: twenty }));
series.pipe(bidirectional(gru(8, { mask: twenty })));
series.pipe(transformerEncoder({ layers: 1, heads: 2, mask: twenty }));
series.pipe(transformerDecoder({ layers: 1, heads: 2, of: text, mask: twenty }));
series.pipe(transformerDecoder({ layers: 1, heads: 2, of: text, ofMask: forty }));
