import type { Playground } from '../session/playground.ts';
import { AxisFields } from './AxisFields.tsx';
import { MapView } from './MapView.tsx';
import { PathView } from './PathView.tsx';
import { PointView } from './PointView.tsx';
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
      <Sliders playground={playground} />
    </section>
  </div>
);
