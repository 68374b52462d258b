/** The product's mark: a quarter that is given, and its continuation. */
export const Mark = () => (
  <svg class="logo" viewBox="0 0 8 8" role="img" aria-label="cvae-compile" shape-rendering="crispEdges">
    <rect width="8" height="8" rx="1.4" class="plate" />
    <path class="given" d="M1 6h1v1H1zM2 5h1v2H2zM1 5h1v1H1z" />
    <path class="drawn" d="M2 4h1v1H2zM3 3h1v1H3zM4 2h1v1H4zM5 1h1v1H5zM6 2h1v1H6zM6 3h1v1H6zM5 4h1v1H5zM4 5h1v1H4z" />
  </svg>
);
