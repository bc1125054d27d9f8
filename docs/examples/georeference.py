#!/usr/bin/env python3
"""Lays one frame on the map: the smallest useful client of the service.

  scripts/packages build end_to_end
  scripts/python_stubs build/python
  PYTHONPATH=build/python docs/examples/georeference.py localhost:50054 \
      frame.jpg pose.json frame.geojson [mask.png]

Without a mask the server's first network says what the frame shows. Prints the
polygons, the ground in view, and what was assumed of the camera.
"""

import pathlib
import sys

import grpc
from google.protobuf import json_format
from sightline.georef.v1 import feature_pb2, georef_pb2, georef_pb2_grpc


def main(server, frame, pose, geojson, mask=None):
    channel = grpc.insecure_channel(server, options=[
        ("grpc.max_receive_message_length", 64 << 20)])
    stub = georef_pb2_grpc.GeorefServiceStub(channel)
    request = georef_pb2.ProcessRequest()
    request.frame.encoded = pathlib.Path(frame).read_bytes()
    json_format.Parse(pathlib.Path(pose).read_text(), request.metadata.pose)
    if mask:
        request.mask.png = pathlib.Path(mask).read_bytes()
    request.output.format = feature_pb2.FEATURE_FORMAT_GEOJSON
    answer = stub.Process(request, timeout=60)
    pathlib.Path(geojson).write_bytes(answer.features.geojson)
    for feature in answer.features.features:
        cut = ", cut by the edge" if feature.truncated_by_edge else ""
        print(f"label {feature.label} {feature.class_name}: "
              f"{feature.area_m2:.1f} m2 at {feature.centroid_latitude_deg:.6f}, "
              f"{feature.centroid_longitude_deg:.6f}{cut}")
    ground = answer.footprint
    print(f"{ground.area_m2:.0f} m2 in view" if ground.outline else
          ground.problem)
    for note in answer.pose.notes:
        print("note:", note)
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
