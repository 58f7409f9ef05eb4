"""Random views of a batch of grey pictures, drawn from ranges that stay plausible for the body part."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass
class Views:
    """Ranges of the augmentation; probabilities lie between 0 and 1."""

    degrees: float = 10.0
    shear: float = 4.0  # degrees
    shift: float = 0.05  # of the side
    zoom: tuple = (0.9, 1.1)  # above 1: the picture gets smaller
    crop: float = 0.0  # probability of seeing a part only
    crop_area: tuple = (0.5, 1.0)
    mirror: float = 0.5  # left to right
    gamma: float = 0.3  # log of the exponent
    contrast: float = 0.3  # log of the factor
    brightness: float = 0.1  # of the full range
    blur: float = 0.2
    sharpen: float = 0.0
    noise: float = 0.3
    noise_level: float = 0.03  # of the full range
    margins: float = 0.0  # blank edges
    patch: float = 0.2  # a blank rectangle


def uniform(n, low, high, generator):
    return torch.rand(n, generator=generator) * (high - low) + low


def affine_grid(n, size, views, generator):
    """Output places in the input's [-1, 1] coordinates, [n, rows, cols, 2]."""
    rad = torch.pi / 180
    angle = uniform(n, -views.degrees, views.degrees, generator) * rad
    shear = uniform(n, -views.shear, views.shear, generator) * rad
    zoom = uniform(n, *views.zoom, generator)
    aspect = size[1] / size[0]  # turn in pixels, not in the stretched coordinates
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.stack([cos, -sin / aspect, sin * aspect, cos], 1).view(n, 2, 2)
    slant = torch.eye(2).repeat(n, 1, 1)
    slant[:, 0, 1] = torch.tan(shear)
    matrix = matrix @ slant * zoom.view(n, 1, 1)
    centre = uniform((n, 2), -views.shift, views.shift, generator) * 2

    cropped = torch.rand(n, generator=generator) < views.crop
    area = uniform(n, *views.crop_area, generator)
    ratio = torch.exp(uniform(n, -0.28, 0.28, generator))
    w, h = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    w, h = torch.where(cropped, w, torch.ones(n)), torch.where(cropped, h, torch.ones(n))
    place = uniform((n, 2), -1, 1, generator) * torch.stack([1 - w, 1 - h], 1)
    flip = torch.where(torch.rand(n, generator=generator) < views.mirror, -1.0, 1.0)
    matrix = matrix * torch.stack([w * flip, h], 1).view(n, 1, 2)
    theta = torch.cat([matrix, (centre + place).unsqueeze(2)], 2)
    return F.affine_grid(theta, (n, 1, *size), align_corners=False)


def blurred(x, sigma):
    reach = torch.arange(-4, 5, dtype=torch.float32)
    kernel = torch.exp(-(reach**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    x = F.conv2d(F.pad(x, (4, 4, 4, 4), mode="replicate"), kernel.view(1, 1, 1, 9))
    return F.conv2d(x, kernel.view(1, 1, 9, 1))


def augmented(pictures, size, views, generator):
    """uint8 or float [N, rows, cols] in 0..255 to float [N, 1, *size] in 0..1.

    Sampled at twice the size and averaged, so that shrinking is antialiased as Pillow's resize is.
    """
    x = pictures.float().div(255).unsqueeze(1)
    n, double = len(x), (size[0] * 2, size[1] * 2)
    x = F.grid_sample(x, affine_grid(n, double, views, generator), align_corners=False)
    x = F.avg_pool2d(x, 2)
    column = lambda v: v.view(n, 1, 1, 1)
    x = x.clamp(1e-4, 1) ** column(torch.exp(uniform(n, -views.gamma, views.gamma, generator)))
    gain = column(torch.exp(uniform(n, -views.contrast, views.contrast, generator)))
    x = ((x - 0.5) * gain + 0.5 + column(uniform(n, -views.brightness, views.brightness, generator))).clamp(0, 1)
    chance = lambda p: torch.nonzero(torch.rand(n, generator=generator) < p).flatten()
    i = chance(views.blur)
    if len(i):
        x[i] = blurred(x[i], float(uniform(1, 0.4, 1.3, generator)))
    i = chance(views.sharpen)
    if len(i):
        x[i] = (x[i] + float(uniform(1, 0.4, 1.5, generator)) * (x[i] - blurred(x[i], 1.5))).clamp(0, 1)
    level = uniform(n, 0, views.noise_level, generator) * (torch.rand(n, generator=generator) < views.noise)
    x = (x + torch.randn(x.shape, generator=generator) * column(level)).clamp(0, 1)
    for i in chance(views.margins).tolist():
        edge = (uniform(4, 0, 0.1, generator) * torch.tensor([size[0], size[0], size[1], size[1]])).int().tolist()
        for part in (x[i, :, : edge[0]], x[i, :, size[0] - edge[1] :], x[i, :, :, : edge[2]], x[i, :, :, size[1] - edge[3] :]):
            part.zero_()
    for i in chance(views.patch).tolist():
        rows, cols = (uniform(2, 0.1, 0.3, generator) * torch.tensor(size)).int().tolist()
        y, z = int(torch.rand(1, generator=generator) * (size[0] - rows)), int(torch.rand(1, generator=generator) * (size[1] - cols))
        x[i, :, y : y + rows, z : z + cols] = torch.rand(1, generator=generator)
    return x
