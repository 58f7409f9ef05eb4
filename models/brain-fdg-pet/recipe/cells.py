"""The network's convolution in numpy, for the regression."""

import numpy as np
from graph import COLS, KERNEL, POOL, ROWS, filters
from numpy.lib.stride_tricks import sliding_window_view


def cells(slices):
    """[N, S, 48, 40] to [N, S, channels, 12, 10]: convolution, ReLU, mean over 4 x 4, as the exported graph does."""
    kernels, biases = filters()
    matrix = kernels.reshape(len(kernels), -1).T
    edge = KERNEL // 2
    out = np.empty((*slices.shape[:2], len(kernels), ROWS // POOL, COLS // POOL), np.float32)
    for n, subject in enumerate(slices):
        for s, one in enumerate(subject):
            windows = sliding_window_view(np.pad(one, edge), (KERNEL, KERNEL)).reshape(ROWS * COLS, -1)
            response = np.maximum(windows @ matrix + biases, 0)
            response = response.reshape(ROWS // POOL, POOL, COLS // POOL, POOL, -1).mean((1, 3))
            out[n, s] = response.transpose(2, 0, 1)
    return out


def shifted(slices):
    """The subjects moved by one pixel (4 mm) up, down, left, right."""
    return [cells(np.roll(slices, move, (2, 3))) for move in ((1, 0), (-1, 0), (0, 1), (0, -1))]
