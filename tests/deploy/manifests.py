"""Reads the manifests of k8s/ as a cluster would get them."""

import pathlib
import shutil
import subprocess

import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
K8S = REPOSITORY / "k8s"


def have_kubectl():
    return shutil.which("kubectl") is not None


def render(folder):
    """The documents of k8s/`folder` after `kubectl kustomize`."""
    done = subprocess.run(
        ["kubectl", "kustomize", str(K8S / folder)],
        capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"k8s/{folder} does not render: {done.stderr}")
    return [d for d in yaml.safe_load_all(done.stdout) if d]


def read_base():
    """The documents of k8s/base without kubectl: its resources and its
    generated ConfigMaps, whose names lack kustomize's hash."""
    kustomization = yaml.safe_load(
        (K8S / "base/kustomization.yaml").read_text())
    documents = []
    for name in kustomization["resources"]:
        text = (K8S / "base" / name).read_text()
        documents += [d for d in yaml.safe_load_all(text) if d]
    for generator in kustomization.get("configMapGenerator", []):
        data = dict(line.split("=", 1) for line in generator["literals"])
        documents.append({"apiVersion": "v1", "kind": "ConfigMap",
                          "metadata": {"name": generator["name"]},
                          "data": data})
    return documents


def sources():
    """{what it is: documents} of everything that can be had here."""
    if not have_kubectl():
        return {"k8s/base, not rendered": read_base()}
    folders = ["base"] + sorted(
        f"overlays/{p.name}" for p in (K8S / "overlays").iterdir())
    return {f"k8s/{folder}": render(folder) for folder in folders}
