#!/usr/bin/env python3
"""Grades one answer sheet: the smallest useful client of Sightline.

  scripts/packages build end_to_end
  scripts/python_stubs build/python
  PYTHONPATH=build/python docs/examples/grade_sheet.py localhost:50050 \
      scan.jpg layout.json key.json annotated.jpg

Prints one line per field and the score; writes the annotated page if a name
for it is given. layout.json and key.json are the JSON forms of SheetLayout and
AnswerKey (protos/sightline/grade/v1).
"""

import pathlib
import sys

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2
from sightline.grade.v1 import grade_pb2, grade_pb2_grpc


def grade(stub, scan, layout, key, deadline_seconds=30):
    """Grades the image file `scan` (bytes); `layout` and `key` are JSON."""
    request = grade_pb2.GradeSheetRequest()
    request.scan.encoded = scan
    json_format.Parse(layout, request.layout)
    json_format.Parse(key, request.key)
    request.options.return_annotated = True
    return stub.GradeSheet(request, timeout=deadline_seconds)


def reason(error):
    """The reason of a failed call, as listed in docs/errors.md, or None."""
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason
    return None


def main(server, scan, layout, key, annotated=None):
    channel = grpc.insecure_channel(server, options=[
        ("grpc.max_receive_message_length", 32 << 20)])
    stub = grade_pb2_grpc.GradeServiceStub(channel)
    try:
        answer = grade(stub, pathlib.Path(scan).read_bytes(),
                       pathlib.Path(layout).read_text(),
                       pathlib.Path(key).read_text())
    except grpc.RpcError as error:
        print(f"{error.code().name} {reason(error)}: {error.details()}",
              file=sys.stderr)
        return 1
    for field in answer.fields:
        review = "  review" if field.label in answer.review else ""
        print(f"{field.label:12} {field.answer:8} "
              f"{field.confidence:.2f}{review}")
    print(f"score {answer.score:g} of {answer.max_score:g}")
    if annotated:
        pathlib.Path(annotated).write_bytes(answer.annotated.content)
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
