#!/usr/bin/env python3
"""Trains sea_slick.onnx on generated frames and writes its card.

  models/sea_slick/train.py build/dev/bin/sea_frame_generator

Five minutes on two processors, with Debian's python3-torch. The frames are
drawn from the seeds below, the weights start from one as well; the result is
the same up to what the order of additions on several threads changes. The
scores are those of score.py on frames of other seeds.
"""

import argparse
import hashlib
import json
import pathlib
import time

import numpy as np
import torch
from torch import nn

import frames
import network

HERE = pathlib.Path(__file__).resolve().parent
SEED = 1
FRAMES = 400
FIRST_TRAINING_SEED = 100_000
SIDE = 512
CROP = 192
BATCH = 6
MEAN = np.array([0.40, 0.45, 0.48], np.float32)
DEVIATION = np.array([0.20, 0.20, 0.20], np.float32)
# Ships are a hundredth of the pixels.
CLASS_WEIGHTS = (1.0, 1.5, 4.0, 1.0)
CHECK_SIDE = 256
SINE_STEP = 0.37


def normalised(images):
    values = (images.astype(np.float32) / 255 - MEAN) / DEVIATION
    return torch.from_numpy(values.transpose(0, 3, 1, 2).copy())


def batch(random, images, classes):
    """Crops, each turned and mirrored, with other light."""
    crops, truths = [], []
    for index in random.integers(0, len(images), BATCH):
        y, x = random.integers(0, SIDE - CROP + 1, 2)
        crop = images[index, y:y + CROP, x:x + CROP]
        truth = classes[index, y:y + CROP, x:x + CROP]
        turns = random.integers(0, 4)
        crop, truth = np.rot90(crop, turns), np.rot90(truth, turns)
        if random.integers(0, 2):
            crop, truth = crop[:, ::-1], truth[:, ::-1]
        crops.append(crop)
        truths.append(truth)
    light = torch.from_numpy(
        random.normal(0, 0.25, (BATCH, 1, 1, 1)).astype(np.float32))
    return (normalised(np.stack(crops)) + light,
            torch.from_numpy(np.stack(truths).astype(np.int64)))


def train(images, classes, steps):
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    # Twice as fast on processors.
    model = network.SeaSlick().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, steps)
    loss_of = nn.CrossEntropyLoss(torch.tensor(CLASS_WEIGHTS))
    started = time.monotonic()
    for step in range(steps):
        crops, truths = batch(random, images, classes)
        scores = nn.functional.interpolate(
            model(crops.contiguous(memory_format=torch.channels_last)),
            size=(CROP, CROP), mode="bilinear", align_corners=False)
        loss = loss_of(scores, truths)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.3f} "
                  f"{time.monotonic() - started:.0f} s", flush=True)
    return model.to(memory_format=torch.contiguous_format).eval()


def sine(side):
    count = 3 * side * side
    return torch.from_numpy(np.sin(
        SINE_STEP * np.arange(count, dtype=np.float64)).astype(
            np.float32).reshape(1, 3, side, side))


def write_card(model, file):
    every = [1, 1, 8, 8]
    with torch.no_grad():
        answer = model(sine(CHECK_SIDE)).numpy()
    values = answer[:, :, ::every[2], ::every[3]].ravel()
    card = {
        "format": 1,
        "name": "sea_slick",
        "version": "1.0.0",
        "description": "Slicks, ships and shores on generated frames of the "
                       "sea. A demonstration: it knows no real sea.",
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "source": "models/sea_slick/train.py of Sightline",
        "input": {
            "name": "image", "layout": "NCHW", "channels": "RGB",
            "scale": 1 / 255,
            "mean": [round(float(v), 6) for v in MEAN],
            "standard_deviation": [round(float(v), 6) for v in DEVIATION],
            "size_range": {"multiple_of": 32, "minimum": 64, "maximum": 512},
        },
        "outputs": [{"name": "scores", "meaning": "logits"}],
        "classes": [
            {"name": "sea", "colour": "#1f4e79"},
            {"name": "slick", "colour": "#ffd700"},
            {"name": "ship", "colour": "#dc143c"},
            {"name": "shore", "colour": "#4caf50"},
        ],
        "ground_sample_distance_m": 1.0,
        "self_check": {
            "width": CHECK_SIDE, "height": CHECK_SIDE, "sine_step": SINE_STEP,
            "tolerance": 0.001,
            "expected": [{
                "output": "scores", "shape": list(answer.shape),
                "every": every, "values": "VALUES"}],
        },
    }
    text = json.dumps(card, indent=2)
    numbers = [f"{v:.6g}" for v in values]
    lines = [", ".join(numbers[i:i + 8]) for i in range(0, len(numbers), 8)]
    text = text.replace('"VALUES"', "[\n" + ",\n".join(lines) + "\n]")
    (HERE / "card.json").write_text(text + "\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("generator")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    images, classes = frames.draw(
        arguments.generator, FIRST_TRAINING_SEED, FRAMES, SIDE)
    model = train(images, classes, arguments.steps)
    print(sum(p.numel() for p in model.parameters()), "parameters")
    file = HERE / "sea_slick.onnx"
    torch.onnx.export(
        model, sine(CHECK_SIDE), str(file), opset_version=11,
        input_names=["image"], output_names=["scores"],
        dynamic_axes={"image": {2: "height", 3: "width"},
                      "scores": {2: "half_height", 3: "half_width"}})
    write_card(model, file)
    print(file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
