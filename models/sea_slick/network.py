"""The network: 3x256x256 pixels in, the scores of four classes out.

Two steps down, blocks that look wide at a quarter of the resolution, one step
up to half of it, where the edges seen on the way down come back in. No layer
that any ONNX runtime lacks, none that fixes the size.
"""

import torch
from torch import nn

CLASSES = 4


def convolution(inputs, outputs, stride=1, dilation=1, groups=1, kernel=3):
    # Batch normalisation folds into the convolution when it is exported.
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride,
                  padding=dilation * (kernel // 2), dilation=dilation,
                  groups=groups, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Block(nn.Module):
    """Looks at the surroundings of a pixel, channel by channel, and adds."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.layers = nn.Sequential(
            convolution(channels, channels, dilation=dilation, groups=channels),
            convolution(channels, channels, kernel=1))

    def forward(self, x):
        return x + self.layers(x)


class SeaSlick(nn.Module):

    def __init__(self):
        super().__init__()
        self.edges = convolution(3, 12, stride=2)
        self.quarter = convolution(12, 32, stride=2)
        self.blocks = nn.Sequential(
            *(Block(32, dilation) for dilation in (1, 2, 4, 8, 16, 2)))
        self.up = nn.ConvTranspose2d(32, 12, 2, 2)
        self.merge = convolution(24, 16)
        self.scores = nn.Conv2d(16, CLASSES, 1)

    def forward(self, image):
        half = self.edges(image)
        quarter = self.blocks(self.quarter(half))
        return self.scores(self.merge(
            torch.cat([half, torch.relu(self.up(quarter))], 1)))
