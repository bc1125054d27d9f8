#!/usr/bin/env python3
"""Trains sea_slick.onnx on generated frames and writes its card.

  models/sea_slick/train.py build/dev/bin/sea_frame_generator

With Debian's python3-torch. The frames are
drawn from the seeds below, the weights start from one as well; the result is
the same up to what the order of additions on several threads changes. The
scores are those of inference_bench on frames of other seeds.
"""

import argparse
import hashlib
import json
import math
import pathlib
import time

import numpy as np
import torch
from torch import nn

import frames
import network

HERE = pathlib.Path(__file__).resolve().parent
SEED = 1
FRAMES = 240
FIRST_TRAINING_SEED = 100_000
SIDE = 512
CROP = 256
BATCH = 4
HIGHEST_RATE = 8e-3
REPORT_STEPS = 25
MEAN = np.array([0.40, 0.45, 0.48], np.float32)
DEVIATION = np.array([0.20, 0.20, 0.20], np.float32)
# Ships are a hundredth of the pixels.
CLASS_WEIGHTS = (1.0, 1.5, 3.0, 1.0)
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


def learning_rate(done):
    """Rises over the first twentieth, then falls as half a cosine."""
    return HIGHEST_RATE * min(
        done / 0.05, 0.5 * (1 + math.cos(math.pi * done))) + 1e-5


def train(images, classes, arguments):
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    # Twice as fast on processors.
    model = network.SeaSlick()
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start))
    model = model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=1e-3)
    loss_of = nn.CrossEntropyLoss(torch.tensor(CLASS_WEIGHTS))
    started = time.monotonic()
    step, done, losses = 0, 0.0, []
    while done < 1:
        crops, truths = batch(random, images, classes)
        # Scores come at half the resolution: one of each four pixels.
        y, x = random.integers(0, 2, 2)
        loss = loss_of(
            model(crops.contiguous(memory_format=torch.channels_last)),
            truths[:, y::2, x::2])
        optimiser.zero_grad()
        loss.backward()
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(done)
        optimiser.step()
        losses.append(loss.item())
        step += 1
        minutes = (time.monotonic() - started) / 60
        done = max(step / arguments.steps, minutes / arguments.minutes)
        if step % REPORT_STEPS == 0:
            print(f"step {step} loss {np.mean(losses):.3f} "
                  f"{minutes:.1f} minutes", flush=True)
            losses = []
            if arguments.checkpoint:
                torch.save(model.state_dict(), arguments.checkpoint)
    print(step, "steps")
    return model


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
        "version": "1.1.0",
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
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=17,
                        help="the rate falls to nothing by then, or after "
                             "--steps if that is earlier")
    parser.add_argument("--checkpoint", type=pathlib.Path,
                        help="weights so far, saved now and then")
    parser.add_argument("--export", action="store_true",
                        help="train nothing, export the checkpoint")
    parser.add_argument("--start", type=pathlib.Path,
                        help="weights to start with, of an earlier run")
    parser.add_argument("--threads", type=int, default=2,
                        help="one where other programs want the processors")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.export:
        model = network.SeaSlick()
        model.load_state_dict(torch.load(arguments.checkpoint))
    else:
        images, classes = frames.draw(
            arguments.generator, FIRST_TRAINING_SEED, FRAMES, SIDE)
        model = train(images, classes, arguments)
    model = model.to(memory_format=torch.contiguous_format).eval()
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
