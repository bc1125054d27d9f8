"""The network: 3x256x256 pixels in, the scores of four classes out.

Three steps down, blocks that look wide at an eighth of the resolution, two
steps up to half of it, where the edges seen on the way down come back in. No
layer that any ONNX runtime lacks, none that fixes the size.
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


class Up(nn.Module):
    """Twice the size, with what was seen at that size before."""

    def __init__(self, inputs, seen, outputs):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, seen, 2, 2)
        self.merge = nn.Sequential(
            convolution(2 * seen, 2 * seen, groups=2 * seen),
            convolution(2 * seen, outputs, kernel=1))

    def forward(self, x, seen):
        return self.merge(torch.cat([seen, torch.relu(self.up(x))], 1))


class SeaSlick(nn.Module):

    def __init__(self):
        super().__init__()
        self.at_half = convolution(3, 16, stride=2)
        self.at_quarter = convolution(16, 32, stride=2)
        self.at_eighth = nn.Sequential(
            convolution(32, 64, stride=2),
            *(Block(64, dilation) for dilation in (1, 2, 4, 8, 4, 1)))
        self.to_quarter = Up(64, 32, 32)
        self.to_half = Up(32, 16, 24)
        self.scores = nn.Conv2d(24, CLASSES, 1)

    def forward(self, image):
        half = self.at_half(image)
        quarter = self.at_quarter(half)
        return self.scores(self.to_half(
            self.to_quarter(self.at_eighth(quarter), quarter), half))
