#!/usr/bin/env python3
"""Cleans one page for OCR: the smallest useful client of the service.

  scripts/packages build end_to_end
  scripts/python_stubs build/python
  PYTHONPATH=build/python docs/examples/clean_page.py localhost:50053 \
      scan.jpg clean.png

Prints what was done and why, and where the result's corners lie on the scan.
"""

import pathlib
import sys

import grpc
from sightline.preprocess.v1 import (operation_pb2, preprocess_pb2,
                                     preprocess_pb2_grpc)


def to_scan(report, x, y):
    """A place on the result, such as a corner of an OCR box, on the scan."""
    m = report.output_to_input
    w = m[6] * x + m[7] * y + m[8]
    return ((m[0] * x + m[1] * y + m[2]) / w,
            (m[3] * x + m[4] * y + m[5]) / w)


def main(server, scan, clean):
    channel = grpc.insecure_channel(server, options=[
        ("grpc.max_receive_message_length", 64 << 20)])
    stub = preprocess_pb2_grpc.PreprocessServiceStub(channel)
    request = preprocess_pb2.PreprocessRequest()
    request.page.encoded = pathlib.Path(scan).read_bytes()
    request.options.preset = operation_pb2.PRESET_AUTO
    request.options.output.format = preprocess_pb2.PAGE_FORMAT_PNG
    answer = stub.Preprocess(request, timeout=60)
    pathlib.Path(clean).write_bytes(answer.page.content)
    for stage in answer.report.stages:
        done = "changed" if stage.has_run else "left   "
        print(f"{done}  {stage.name}: {stage.reason}")
    for x, y in ((0, 0), (answer.page.width, answer.page.height)):
        print("({:.1f}, {:.1f}) on the scan".format(
            *to_scan(answer.report, x, y)))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
