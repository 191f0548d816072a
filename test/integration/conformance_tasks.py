"""Conformance rows of task metadata and the agent's API, for the tasks of TASKS."""

import json

from conformance import ANY, JSON, TEXT, Row

TASK_ARN, CONTAINER_ARN = (f"arn:aws:ecs:eu-west-1:111122223333:{kind}" for kind in ("task/dev/1", "container/dev/1/"))
JOB, LOST, PLAIN, TWINS, STRANGER = "127.0.0.5", "127.0.0.6", "127.0.0.7", "127.0.0.8", "127.0.0.9"
WEB_ID, JOB_ID = "a" * 64, "b" * 64
# Below `containers` of a configuration for eu-west-1.
TASKS = f"""  ecs: {{cluster: dev}}
  tasks:
    shop:
      arn: {TASK_ARN}
      tags: {{Team: a}}
      containers:
        web: {{id: {WEB_ID}, arn: "{CONTAINER_ARN}web", addresses: [127.0.0.1], labels: {{understudy.role: app}}}}
        job: {{id: {JOB_ID}, arn: "{CONTAINER_ARN}job", addresses: [{JOB}]}}
    other:
      containers:
        lost: {{addresses: [{LOST}], labels: {{understudy.role: nothing}}}}
        plain: {{addresses: [{PLAIN}]}}
        one: {{addresses: [{TWINS}]}}
        two: {{addresses: [{TWINS}]}}
"""
STATE, FAULT = "/api/<id>/task-protection/v1/state", "/api/<id>/fault/v1/<fault>/<action>"


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def told(path, request, document, **more):
    return Row(path, request, 200, JSON, compact(document), **more)


def unknown(path, request, status, text, **more):
    """Task metadata's error."""
    return Row(path, request, status, JSON, compact(text), **more)


def missing(path, request):
    return Row(path, request, 404, TEXT, "404 page not found\n")


def container(version, name):
    number, address = {"web": (WEB_ID, "127.0.0.1"), "job": (JOB_ID, JOB)}[name]
    ecs = {"cluster": "dev", "container-name": name, "task-arn": TASK_ARN, "task-definition-family": "shop",
           "task-definition-version": "1"}
    labels = {f"com.amazonaws.ecs.{key}": value for key, value in ecs.items()}
    return {"DockerId": number, "Name": name, "DockerName": f"shop-{name}-1", "Image": name, "ImageID": "sha256:<hex>",
            "Labels": {**labels, **({"understudy.role": "app"} if name == "web" else {})}, "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING", "Limits": {"CPU": 2, "Memory": 0}, "CreatedAt": "<time>", "StartedAt": "<time>", "Type": "NORMAL",
            "Networks": [{"NetworkMode": "bridge", "IPv4Addresses": [address]}],
            **({"ContainerARN": CONTAINER_ARN + name} if version == 4 else {})}


def task(version, tagged=False):
    return {"Cluster": "dev", "TaskARN": TASK_ARN, "Family": "shop", "Revision": "1", "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING", "Containers": [container(version, "web"), container(version, "job")],
            "PullStartedAt": "<time>", "PullStoppedAt": "<time>", "AvailabilityZone": "eu-west-1a",
            **({"TaskTags": {"Team": "a"}} if tagged else {}), **({"LaunchType": "EC2", "FaultInjectionEnabled": False} if version == 4 else {})}


def stats(version, whole=False):
    """Nobody measures without an engine."""
    none = {} if version == 4 else None
    return {WEB_ID: none, JOB_ID: none} if whole else none


def nowhere(version, handler, sought):
    """Of the id `x`."""
    by = {"container ID": "docker ID", "container id": "docker ID", "task arn": "task Arn"}[sought]
    return f"V{version} {handler} handler: unable to get {sought} from request: unable to get {by} from v3 endpoint ID: x"


def metadata_rows():
    for version, absent, unmeasured in ((3, 500, 400), (4, 404, 404)):
        v = f"/v{version}/<id>"
        yield told(v, f"/v{version}/web", container(version, "web"))
        yield told(v, f"POST /v{version}/self", container(version, "job"), source=JOB)
        yield unknown(v, f"/v{version}/x", absent, nowhere(version, "container metadata", "container ID"))
        for what, document in (("task", task(version)), ("taskWithTags", task(version, True))):
            yield told(f"{v}/{what}", f"/v{version}/{WEB_ID[:12]}/{what}", document)
            yield unknown(f"{v}/{what}", f"/v{version}/x/{what}", absent, nowhere(version, "task metadata", "task arn"))
        for what, handler, whole in (("stats", "container stats", False), ("task/stats", "task stats", True)):
            yield told(f"{v}/{what}", f"/v{version}/shop-web-1/{what}", stats(version, whole))
            yield unknown(f"{v}/{what}", f"/v{version}/x/{what}", unmeasured, nowhere(version, handler, "task arn"))
        yield from association_rows(version, f"{v}/associations/<type>")
    yield unknown("/v4/<id>", "/v4/", 404, nowhere(4, "container metadata", "container ID")[:-1])
    yield from (missing(ANY, target) for target in ("/v4/web/", "/v4/web/other", "/v4", "/v3/web/task/", "/v2/other"))


def association_rows(version, path):
    handler, all_of, one = "container associations", f"/v{version}/web/associations/gpu", f"{path}/<name>"
    yield told(path, all_of, {"Associations": None})
    yield unknown(path, f"/v{version}/x/associations/gpu", 400, nowhere(version, handler, "container id"))
    yield unknown(one, f"{all_of}/", 400, f"V{version} {handler} handler: unable to get association name from request")
    yield unknown(one, f"{all_of}/0", 400, "Unable to write container association response: unable to get association from "
                                           "association type gpu and association name 0")
    yield unknown(one, f"/v{version}/x/associations/gpu/0", 400, nowhere(version, handler, "task arn"))


def callers_task_rows():
    nobody = f"Unable to get task arn from request: unable to associate '{STRANGER}' with task"
    for path, document in (("/v2/metadata", task(2)), ("/v2/metadataWithTags", task(2, True)), ("/v2/stats", stats(2, True))):
        for target in (path, path + "/"):
            yield told(path, target, document)
            yield unknown(path, target, 400, nobody, source=STRANGER)
    for path, document, error in (("/v2/metadata", container(2, "web"), "Unable to generate metadata for container 'web'"),
                                  ("/v2/stats", stats(2), "Unable to get container stats for: web")):
        yield told(f"{path}/<container>", f"{path}/{WEB_ID}", document)
        yield unknown(f"{path}/<container>", f"{path}/web", 400, error)
        yield unknown(f"{path}/<container>", f"{path}/{WEB_ID}", 400, nobody, source=STRANGER)


def protection(until, arn=TASK_ARN):
    return {"protection": {"ExpirationDate": until, "ProtectionEnabled": until is not None, "TaskArn": arn}}


def agent_rows():
    state, fault = "/api/self/task-protection/v1/state", "/api/web/fault/v1/network-latency"

    def error(request, status, code, message, **arn):
        return Row(STATE, request, status, JSON, compact({"error": {**arn, "Code": code, "Message": message}}))

    yield told(STATE, state, protection(None))
    yield told(STATE, f'PUT {state} {{"ProtectionEnabled":true,"ExpiresInMinutes":2880}}', protection("<time>"))
    yield told(STATE, state, protection("<time>"), source=JOB)
    yield told(STATE, f'PUT {state} {{"ProtectionEnabled":false,"ExpiresInMinutes":0}}', protection(None))
    for who in ("self", "x"):
        yield error(f'PUT /api/{who}/task-protection/v1/state {{"Protected":true}}', 400, "InvalidParameterException",
                    "UpdateTaskProtection: failed to decode request")
    for method in ("GET", "PUT"):
        yield error(f"{method} /api/x/task-protection/v1/state {{}}", 404, "ResourceNotFoundException",
                    "Failed to find a task for the request")
    yield error(f"PUT {state} {{}}", 400, "InvalidParameterException",
                "Invalid request: does not contain 'ProtectionEnabled' field", Arn=TASK_ARN)
    yield error(f'PUT {state} {{"ProtectionEnabled":true,"ExpiresInMinutes":0}}', 400, "InvalidParameterException",
                "Invalid request: ExpiresInMinutes has to be 1 to 2880", Arn=TASK_ARN)
    yield Row(STATE, f"POST {state}", 405, None, "")
    yield from (Row(FAULT, f"POST {fault}/{action} {{}}", 400, JSON, compact({"Error": "enableFaultInjection is not enabled for task: " + TASK_ARN}))
                for action in ("start", "stop", "status"))
    yield Row(FAULT, "POST /api/x/fault/v1/network-latency/start {}", 404, JSON, '{"Error":"unable to lookup container: x"}')
    yield Row(FAULT, f"{fault}/start", 405, None, "")
    yield missing(ANY, f"POST {fault}/pause")


def local_rows():
    """The paths of amazon-ecs-local-container-endpoints."""
    yield told("/v2/metadata/<container>", "/v2/metadata/op-web", container(2, "web"), source=JOB)
    yield told("/v2/stats/<container>", "/v2/stats/op-web/", stats(2), source=JOB)
    for v, absent, unmeasured in ((3, 500, 400), (4, 404, 404)):
        for path, handler, document in (("", "container metadata", container(v, "web")), ("/task", "task metadata", task(v)),
                                        ("/taskWithTags", "task metadata", task(v, True)), ("/stats", "container stats", stats(v)),
                                        ("/task/stats", "task stats", stats(v, True))):
            who = "container ID" if handler == "container metadata" else "task arn"
            status = unmeasured if path.endswith("stats") else absent
            for route, target, name in ((f"/v{v}{path}", f"/v{v}{path}", "self"),
                                        (f"/v{v}/containers/<part>{path}", f"/v{v}/containers/op-web{path}", None),
                                        (f"/v{v}/containers/<part>{path}", f"/v{v}/containers/shop{path}", "shop")):
                yield told(route, target, document)
                if name:
                    yield unknown(route, target, status, nowhere(v, handler, who)[:-1] + name, source=STRANGER)
