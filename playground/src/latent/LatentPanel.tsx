import type { Playground } from '../session/playground.ts';
import { AsView, changeableOf } from './AsView.tsx';
import { AxisFields } from './AxisFields.tsx';
import { DimensionStrips } from './DimensionStrips.tsx';
import { MapView } from './MapView.tsx';
import { PathView } from './PathView.tsx';
import { PointView } from './PointView.tsx';
import { Sheet } from '../view/Sheet.tsx';
import { Sliders } from './Sliders.tsx';

/** The latent of the present condition: a map of two dimensions, the point that is decoded, a path between two samples, all of z. */
export const LatentPanel = ({ playground }: { readonly playground: Playground }) => (
  <div class="latent">
    <section class="latent-map" aria-labelledby="map-title">
      <h2 id="map-title">Map</h2>
      <AxisFields latent={playground.latent} />
      <MapView playground={playground} />
    </section>
    <section class="latent-point" aria-labelledby="point-title">
      <h2 id="point-title">Point</h2>
      <PointView playground={playground} />
      <PathView playground={playground} />
      <Sheet title="Sliders of z" side="right">
        <Sliders playground={playground} />
      </Sheet>
    </section>
    <DimensionStrips playground={playground} />
    <OtherConditions playground={playground} />
  </div>
);

/** y at the point when the condition changes and z stays. */
const OtherConditions = ({ playground }: { readonly playground: Playground }) => {
  const z = playground.latent.z.value;
  if (!z || changeableOf(playground.manifest).length === 0) return null;
  return (
    <section class="wide" aria-labelledby="as-title">
      <h2 id="as-title">This point under other conditions</h2>
      <AsView playground={playground} z={z} called="the point" />
    </section>
  );
};
