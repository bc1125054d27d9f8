"""What every pod of the project promises, checked on what a cluster would be
given. Without kubectl only k8s/base is checked, as written."""

import functools
import re
import unittest

import known_settings
import manifests

# Binding: clients and firewalls rely on these.
PORTS = {"sightline-omr": 50050, "sightline-align": 50051,
         "sightline-grade": 50052, "sightline-preprocess": 50053,
         "sightline-georef": 50054}


def memory_of(pod):
    if pod.name == "sightline-georef":
        return "2Gi"
    if pod.name != "sightline-preprocess":
        return "512Mi"
    return "3Gi" if pod.source.endswith("overlays/gpu") else "2Gi"


def of_kind(documents, kind):
    return [d for d in documents if d["kind"] == kind]


def names(documents):
    return {d["metadata"]["name"] for d in documents}


def seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s|m)", text).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60}[unit]


def selects(selector, labels):
    return bool(selector) and all(
        labels.get(key) == value for key, value in selector.items())


class Pod:
    """A Deployment with its only container and all documents beside it."""

    def __init__(self, source, documents, deployment):
        self.source = source
        self.documents = documents
        self.deployment = deployment
        self.name = deployment["metadata"]["name"]
        self.port = PORTS.get(self.name)
        self.template = deployment["spec"]["template"]
        self.spec = self.template["spec"]
        self.labels = self.template["metadata"]["labels"]
        self.container, = self.spec["containers"]

    def document(self, kind, name):
        found, = [d for d in of_kind(self.documents, kind)
                  if d["metadata"]["name"] == name]
        return found

    def settings(self):
        """The environment; None for values that only the cluster knows."""
        found = {}
        for source in self.container["envFrom"]:
            name = source["configMapRef"]["name"]
            found.update(self.document("ConfigMap", name)["data"])
        for entry in self.container["env"]:
            found[entry["name"]] = entry.get("value")
        return found


def for_each_pod(test):
    @functools.wraps(test)
    def run(self):
        for pod in self.pods:
            with self.subTest(source=pod.source, deployment=pod.name):
                test(self, pod)
    return run


class ManifestsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.sources = manifests.sources()
        cls.pods = [Pod(source, documents, deployment)
                    for source, documents in cls.sources.items()
                    for deployment in of_kind(documents, "Deployment")]

    def test_every_service_is_there(self):
        for source, documents in self.sources.items():
            with self.subTest(source=source):
                self.assertEqual(names(of_kind(documents, "Deployment")),
                                 set(PORTS))

    @for_each_pod
    def test_memory_is_guaranteed_and_bounded(self, pod):
        resources = pod.container["resources"]
        memory = memory_of(pod)
        self.assertEqual(resources["requests"]["memory"], memory)
        self.assertEqual(resources["limits"]["memory"], memory)
        self.assertIn("cpu", resources["requests"])
        self.assertNotIn("cpu", resources["limits"])

    @for_each_pod
    def test_the_server_is_told_its_memory_limit(self, pod):
        budget, = [entry for entry in pod.container["env"]
                   if entry["name"] == "SIGHTLINE_MEMORY_BUDGET"]
        self.assertEqual(budget["valueFrom"]["resourceFieldRef"]["resource"],
                         "limits.memory")

    @for_each_pod
    def test_pods_are_confined(self, pod):
        self.assertIs(pod.spec["automountServiceAccountToken"], False)
        self.assertIs(pod.spec["enableServiceLinks"], False)
        context = pod.spec["securityContext"]
        self.assertIs(context["runAsNonRoot"], True)
        self.assertEqual(context["runAsUser"], 65532)
        self.assertEqual(context["runAsGroup"], 65532)
        self.assertEqual(context["seccompProfile"]["type"], "RuntimeDefault")
        self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & set(pod.spec))
        context = pod.container["securityContext"]
        self.assertIs(context["allowPrivilegeEscalation"], False)
        self.assertIs(context["readOnlyRootFilesystem"], True)
        self.assertEqual(context["capabilities"], {"drop": ["ALL"]})

    @for_each_pod
    def test_probes_ask_the_health_service(self, pod):
        for probe in ("startup", "readiness", "liveness"):
            self.assertEqual(pod.container[f"{probe}Probe"]["grpc"],
                             {"port": pod.port, "service": probe})

    @for_each_pod
    def test_ports_are_the_documented_ones(self, pod):
        self.assertEqual(
            {p["name"]: p["containerPort"] for p in pod.container["ports"]},
            {"grpc": pod.port, "metrics": pod.port + 1000})
        settings = pod.settings()
        self.assertEqual(settings["SIGHTLINE_LISTEN"], f"0.0.0.0:{pod.port}")
        self.assertEqual(settings["SIGHTLINE_METRICS_LISTEN"],
                         f"0.0.0.0:{pod.port + 1000}")

    @for_each_pod
    def test_the_program_is_named_like_the_deployment(self, pod):
        self.assertEqual(pod.container["command"], [pod.name])

    @for_each_pod
    def test_images_are_of_a_stated_version(self, pod):
        self.assertRegex(pod.container["image"], r":[^:/]+$")
        self.assertNotRegex(pod.container["image"], r":latest$")

    @for_each_pod
    def test_settings_are_known_to_the_server(self, pod):
        known = known_settings.known_variables(
            pod.name.removeprefix("sightline-"))
        if not known:
            self.skipTest("the servers' flags are not in this tree")
        self.assertLessEqual(set(pod.settings()), known)

    @for_each_pod
    def test_pods_get_the_time_they_need_to_drain(self, pod):
        settings = pod.settings()
        need = (seconds(settings["SIGHTLINE_PREDRAIN"]) +
                seconds(settings["SIGHTLINE_DRAIN_TIMEOUT"]) + 5)
        self.assertGreaterEqual(pod.spec["terminationGracePeriodSeconds"],
                                need)

    @for_each_pod
    def test_the_services_lead_to_the_pod(self, pod):
        services = [s for s in of_kind(pod.documents, "Service")
                    if selects(s["spec"]["selector"], pod.labels)]
        self.assertEqual(names(services), {pod.name, f"{pod.name}-headless"})
        for service in services:
            for port in service["spec"]["ports"]:
                self.assertIn((port["targetPort"], port["port"]),
                              {("grpc", pod.port),
                               ("metrics", pod.port + 1000)})

    @for_each_pod
    def test_scaling_disruption_and_spread_are_governed(self, pod):
        selector = pod.deployment["spec"]["selector"]["matchLabels"]
        self.assertTrue(selects(selector, pod.labels))
        for kind, path in (("PodDisruptionBudget", "selector"),
                           ("NetworkPolicy", "podSelector")):
            governing = [d for d in of_kind(pod.documents, kind)
                         if selects(d["spec"][path]["matchLabels"],
                                    pod.labels)]
            self.assertEqual(names(governing), {pod.name}, kind)
        scaler = pod.document("HorizontalPodAutoscaler", pod.name)
        self.assertEqual(scaler["spec"]["scaleTargetRef"]["name"], pod.name)
        # A fixed number would undo the autoscaler at every apply.
        self.assertNotIn("replicas", pod.deployment["spec"])
        spread, = pod.spec["topologySpreadConstraints"]
        self.assertTrue(selects(spread["labelSelector"]["matchLabels"],
                                pod.labels))

    @for_each_pod
    def test_only_the_served_ports_can_be_reached(self, pod):
        policy = pod.document("NetworkPolicy", pod.name)["spec"]
        self.assertEqual(set(policy["policyTypes"]), {"Ingress", "Egress"})
        reachable = set()
        for rule in policy["ingress"]:
            self.assertTrue(rule["from"], "a rule without 'from' is open")
            reachable |= {port["port"] for port in rule["ports"]}
        self.assertEqual(reachable, {pod.port, pod.port + 1000})

    @for_each_pod
    def test_service_accounts_carry_no_token(self, pod):
        account = pod.document("ServiceAccount",
                               pod.spec["serviceAccountName"])
        self.assertIs(account["automountServiceAccountToken"], False)

    @for_each_pod
    def test_grade_reaches_align(self, pod):
        if pod.name != "sightline-grade":
            return
        host, port = re.fullmatch(
            r"dns:///([\w-]+):(\d+)",
            pod.settings()["SIGHTLINE_ALIGN_ADDRESS"]).groups()
        ports = pod.document("Service", host)["spec"]["ports"]
        self.assertIn(int(port), [p["port"] for p in ports])
        egress = pod.document("NetworkPolicy", pod.name)["spec"]["egress"]
        self.assertIn({"port": int(port)},
                      [p for rule in egress for p in rule["ports"]])


    @for_each_pod
    def test_a_device_is_had_where_it_is_meant_to_be_and_nowhere_else(self, pod):
        limits = pod.container["resources"]["limits"]
        tolerated = [t["key"] for t in pod.spec.get("tolerations", [])]
        if not (pod.source.endswith("overlays/gpu")
                and pod.name == "sightline-preprocess"):
            self.assertNotIn("nvidia.com/gpu", limits)
            self.assertEqual(tolerated, [])
            return
        self.assertEqual(limits["nvidia.com/gpu"], 1)
        self.assertEqual(tolerated, ["nvidia.com/gpu"])
        self.assertEqual(pod.spec["nodeSelector"],
                         {"nvidia.com/gpu.present": "true"})
        self.assertRegex(pod.container["image"], "cuda$")
        # There may be no second device for a pod beside the old one.
        self.assertEqual(
            pod.deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"], 0)


@unittest.skipUnless(manifests.have_kubectl(), "kubectl is not installed")
class RenderingTest(unittest.TestCase):

    def test_the_overlay_with_devices_differs_in_nothing_else(self):
        def others(documents):
            return [d for d in documents
                    if "preprocess" not in d["metadata"]["name"]]
        self.assertEqual(others(manifests.render("overlays/gpu")),
                         others(manifests.render("base")))

    def test_an_overlay_puts_everything_into_its_namespace(self):
        documents = manifests.render("overlays/dev")
        namespace, = names(of_kind(documents, "Namespace"))
        for document in documents:
            if document["kind"] != "Namespace":
                self.assertEqual(document["metadata"].get("namespace"),
                                 namespace, document["metadata"]["name"])

    def test_reading_without_kubectl_gives_the_same_documents(self):
        def shape(documents):
            # A hash has these characters alone; "preprocess" is none.
            return sorted((d["kind"], re.sub(r"-[24-9bcdfghkmt]{10}$", "",
                                             d["metadata"]["name"]))
                          for d in documents)
        self.assertEqual(shape(manifests.read_base()),
                         shape(manifests.render("base")))


if __name__ == "__main__":
    unittest.main()
