"""The random numbers of cvae-compile, the same to the bit: src/random.ts says what they are, and why.

A number is a pure function of a seed, a path such as ("noise", "model", 7) and a position, so that any worker can draw those
of its own rows, and they are what one process would have drawn for them.
"""

import functools

import numpy as np

WORD = 0xFFFFFFFF


def _threefry(key0, key1, counter0, counter1):
    """Threefry-2x32 of 20 rounds (Salmon, Moraes, Dror, Shaw 2011) of arrays of 32-bit words."""
    words = [np.uint32(key0), np.uint32(key1), np.uint32(0x1BD11BDA ^ key0 ^ key1)]
    with np.errstate(over="ignore"):
        a, b = counter0 + words[0], counter1 + words[1]
        for group in range(5):
            for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
                a = a + b
                b = a ^ ((b << np.uint32(turn)) | (b >> np.uint32(32 - turn)))
            a = a + words[(group + 1) % 3]
            b = b + words[(group + 2) % 3] + np.uint32(group + 1)
    return a, b


def _bits(key, counter0, counter1):
    a, b = _threefry(*key, np.array([counter0], np.uint32), np.array([counter1], np.uint32))
    return int(a[0]), int(b[0])


@functools.lru_cache(maxsize=1024)
def _extended(key, part):
    if isinstance(part, int):
        return _bits(key, part & WORD, part >> 32)
    units = np.frombuffer(part.encode("utf-16-le"), "<u2")
    for i, unit in enumerate(units):
        key = _bits(key, int(unit), 0x80000000 | i)
    return _bits(key, len(units), 0xC0000000)


def stream(seed, *path):
    """Returns the key of the stream of a seed and a path of texts and whole numbers."""
    key = (seed & WORD, seed >> 32)
    for part in path:
        key = _extended(key, part)
    return key


def _words(key, rows, length, first):
    """Returns 32-bit words, [rows, length]: word j of row r is number j mod 2 of block (j // 2, first + r)."""
    blocks = (length + 1) // 2
    a, b = _threefry(
        *key,
        np.arange(blocks, dtype=np.uint32)[None, :],
        np.arange(first, first + rows, dtype=np.uint64).astype(np.uint32)[:, None],
    )
    return np.stack(np.broadcast_arrays(a, b), -1).reshape(rows, 2 * blocks)[:, :length]


def uniforms(key, rows, length, first=0):
    """Returns uniforms in [0, 1) of rows first, first + 1, …: float32 of [rows, length]."""
    return ((_words(key, rows, length, first) >> np.uint32(8)) / 2.0**24).astype(np.float32)


def normals(key, rows, length, first=0):
    """Returns standard normals of rows first, first + 1, …: float32 of [rows, length]."""
    return inverse_normal((_words(key, rows, length, first) + 0.5) / 2.0**32).astype(np.float32)


def permutation(n, key):
    """Returns 0 to n − 1 in an order drawn from the stream (Fisher and Yates)."""
    at = np.arange(n, dtype=np.uint64)
    a, b = _threefry(*key, (at & np.uint64(WORD)).astype(np.uint32), (at >> np.uint64(32)).astype(np.uint32))
    uniform = ((a >> np.uint32(5)) * 2.0**26 + (b >> np.uint32(6))) / 2.0**53
    chosen = np.floor(uniform * (at + 1.0)).astype(np.int64).tolist()
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = chosen[i]
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)


# Wichura's AS 241, PPND16 (1988), without its piece for tails that 32 bits never reach; constants first.
_CENTRE = (
    (3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946)
    + (45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227),
    (1, 42.31333070160091, 687.1870074920579, 5394.196021424751)
    + (21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854),
)
_TAIL = (
    (1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045)
    + (1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414),
    (1, 2.053191626637759, 1.6763848301838038, 0.6897673349851)
    + (0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9),
)


def _polynomial(c, x):
    y = c[-1] * x
    for each in c[-2:0:-1]:
        y = (y + each) * x
    return y + c[0]


def _ratio(of, x):
    return _polynomial(of[0], x) / _polynomial(of[1], x)


def _log(x):
    """ln x for 0 < x ≤ 1, by + − × ÷ alone, which all machines round alike."""
    m, k = np.frexp(x)
    low = m < 0.7071067811865476
    m, k = np.where(low, 2 * m, m), np.where(low, k - 1, k)
    s = (m - 1) / (m + 1)
    z = s * s
    series = np.full_like(z, 1 / 23)
    for n in range(21, 0, -2):
        series = series * z + 1 / n
    return k * 0.6931471805599453 + 2 * s * series


def inverse_normal(p):
    """Returns the quantiles of the standard normal of an array of probabilities."""
    q = p - 0.5
    z = q * _ratio(_CENTRE, 0.180625 - q * q)
    far = np.abs(q) > 0.425
    tail = _ratio(_TAIL, np.sqrt(-_log(np.where(q[far] < 0, p[far], 1 - p[far]))) - 1.6)
    z[far] = np.where(q[far] < 0, -tail, tail)
    return z
