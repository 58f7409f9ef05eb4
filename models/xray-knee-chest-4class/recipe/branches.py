"""Branches for knees and for chests on one beginning: the stem and first three blocks of EfficientNet-Lite0, with
ImageNet's weights, which no branch changed.

Input [N, 3, 256, 256]. Knees: the middle rows at full size through five more blocks, trained on knees, and weights by place.
Chests: the whole picture at half size through the trunks of `chest-xray-pneumonia` and of its lite sister. All maps lie on
16 x 16 places of the picture; `features` holds them, and their mean and one linear layer give the four logits.
"""

import torch
import torch.nn.functional as F
from network import Lite
from torch import nn

SIZE = (256, 256)
SHARED, KNEE_BLOCKS = 3, 8
ROWS = slice(64, 224)  # of the picture: where the joint is
PLACES = (10, 16)  # of the knee map; it starts in row 4 of 16


class Begin(nn.Module):
    """[N, 3, rows, cols] to [N, 24, rows / 4, cols / 4]."""

    def __init__(self):
        super().__init__()
        lite = Lite(1, blocks=SHARED).load_imagenet()
        self.stem, self.blocks = lite.stem, lite.blocks
        self.eval().requires_grad_(False)

    def forward(self, x):
        return self.blocks(self.stem(x))


class Knee(nn.Module):
    """Maps of `Begin`, [N, 24, 40, 64], to logits of "at least grade 1, 2, 3, 4"."""

    def __init__(self, dropout=0.2):
        super().__init__()
        lite = Lite(1, blocks=KNEE_BLOCKS).load_imagenet()
        self.blocks = lite.blocks[SHARED:]
        self.width = self.blocks[-1].layers[-1].num_features
        self.place = nn.Parameter(torch.ones(1, self.width, *PLACES))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.width, 4)

    def features(self, x):
        """[N, 80, 10, 16]"""
        return self.blocks(x) * self.place

    def forward(self, x):
        return self.head(self.dropout(self.features(x).mean((2, 3))))


def chest_trunks(checkpoint, lite_checkpoint):
    """(main, lite), each a Lite whose beginning is `Begin`'s."""
    main, lite = Lite(2, dropout=0.0), Lite(2, dropout=0.0, blocks=8, top=256)
    main.load_state_dict(torch.load(checkpoint, map_location="cpu")["weights"])
    lite.load_state_dict(torch.load(lite_checkpoint, map_location="cpu"))
    begin = list(Begin().state_dict().values())
    for model in (main, lite):
        own = [*model.stem.state_dict().values(), *model.blocks[:SHARED].state_dict().values()]
        assert all(torch.equal(a, b) for a, b in zip(own, begin)), "a chest classifier's first blocks are not ImageNet's"
        model.eval().requires_grad_(False)
    return main, lite


class FourClasses(nn.Module):
    """Classes NoOsteoarthritis, Osteoarthritis, NoPneumonia, Pneumonia.

    Linear functions of the mean map give three scores: d (above 0: a knee), s (log-odds of osteoarthritis among knees) and
    c (of pneumonia among chests). Logits: d - s/2, d + s/2, -d - c/2, -d + c/2.
    """

    def __init__(self, chests, knee):
        super().__init__()
        self.begin = Begin()
        self.chest_blocks = nn.ModuleList(m.blocks[SHARED:] for m in chests)
        self.chest_tops = nn.ModuleList(m.top for m in chests)
        self.repeats = (4.0, 2.0)  # maps of 4 x 4 and 8 x 8
        self.knee = knee
        self.chest_width = sum(m.head.in_features for m in chests)
        self.head = nn.Linear(self.chest_width + knee.width, 4)
        self.eval().requires_grad_(False)

    def chest_maps(self, x):
        begin = self.begin(F.avg_pool2d(x, 2))
        parts = zip(self.chest_blocks, self.chest_tops, self.repeats)
        return torch.cat([F.interpolate(top(blocks(begin)), scale_factor=n, mode="nearest") for blocks, top, n in parts], 1)

    def knee_maps(self, x):
        found, above = self.knee.features(self.begin(x[:, :, ROWS])), ROWS.start // 16
        blank = found * 0
        return torch.cat([blank[:, :, :above], found, blank[:, :, : 16 - PLACES[0] - above]], 2)

    def set_head(self, domain, chest, knee):
        """Each (weights, bias) of a score: domain and chest on the mean chest maps, knee on the mean of its own places."""
        zero = torch.zeros(self.knee.width)
        as_float = lambda v: torch.as_tensor(v, dtype=torch.float32)
        d = torch.cat([as_float(domain[0]), zero])
        c = torch.cat([as_float(chest[0]), zero])
        s = torch.cat([torch.zeros(self.chest_width), as_float(knee[0]) * 256 / (PLACES[0] * PLACES[1])])
        db, cb, sb = float(domain[1]), float(chest[1]), float(knee[1])
        self.head.weight.data = torch.stack([d - s / 2, d + s / 2, -d - c / 2, -d + c / 2])
        self.head.bias.data = torch.tensor([db - sb / 2, db + sb / 2, -db - cb / 2, -db + cb / 2])

    def forward(self, x):
        return self.head(torch.cat([self.chest_maps(x), self.knee_maps(x)], 1).mean((2, 3)))
