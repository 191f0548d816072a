#!/usr/bin/python3
"""Every route of the containers listener and every error of it that needs no Docker: requests and whole answers, held to the
tables of docs/containers.md."""

from urllib.parse import quote

import conformance
import understudy
from conformance import ANY, JSON, TEXT, TEXT_UTF8, Row
from conformance_tasks import (JOB, LOST, PLAIN, STRANGER, TASKS, TWINS, agent_rows, callers_task_rows, compact, local_rows, metadata_rows,
                               missing)
from understudy import APP_ARN, AUDIT_ARN, BASE, eventually, get

OTHER_ARN = "arn:aws:iam::444455556666:role/app"
DENIED_ARN = "arn:aws:iam::111122223333:role/denied"
PODS_ARN, POD = "arn:aws:iam::111122223333:role/pods", "127.0.0.10"
MFA_ARN, MFA = "arn:aws:iam::111122223333:role/mfa", "arn:aws:iam::111122223333:mfa/me"

ROLES = f"""region: eu-west-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: embedded, trust: {{"{DENIED_ARN}": {{principals: ["999988887777"]}}}}}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
"""
MAIN = ROLES + f"""  other: {{assume_role: {OTHER_ARN}, source: base}}
  audit: {{assume_role: {AUDIT_ARN}, source: base}}
  denied: {{assume_role: {DENIED_ARN}, source: base}}
  mfa: {{assume_role: {{arn: {MFA_ARN}, mfa: {{serial: {MFA}}}}}, source: base}}
  pods: {{assume_role: {PODS_ARN}, source: base}}
  broken: {{process: exit 7}}
  sso: {{sso: {{start_url: "https://example.awsapps.com/start", region: eu-west-1, account_id: "111122223333", role_name: reader}}}}
  login: {{login: {{session: "arn:aws:iam::111122223333:user/me"}}}}
pod_identity: {{associations: [{{namespace: default, service_account: app, role: pods}}]}}
containers:
  credentials:
    app: {{role: app, path: /own}}
    audit: {{role: audit, token_file: TOKEN, path: /guarded}}
    denied: {{role: denied, path: /denied}}
    broken: {{role: broken, path: /broken}}
    mfa: {{role: mfa}}
    sso: {{role: sso}}
    login: {{role: login}}
  callers: {{labels: true, services: {{job: denied}}}}
{TASKS}        pod: {{addresses: [{POD}], labels: {{understudy.role: pods}}}}
"""
COMPAT = MAIN + "  compat: true\n"
DEMANDED = ROLES + "containers: {compat: {source: base}, callers: {labels: true}, docker: /nowhere/docker.sock}\n"
LIMITED = ROLES + "containers: {credentials: {app: {role: app}}, rate_limit: {per_second: 1, burst: 50}}\n"

PROXIED, BROWSED, WRONG = {"X-Forwarded-For": "192.0.2.1"}, {"Origin": "http://example.com"}, {"Authorization": "wrong"}
BY_V2, BY_V1, OWN, CALLERS = "/v2/credentials/<id>", "/v1/credentials?id=<id>", "<path of an entry>", "<path of callers>"
BY_NAME, BY_ARN = "/role/<name>", "/role-arn/<ARN>"


def given(path, request, arn=APP_ARN, **more):
    return Row(path, request, 200, JSON, f'{{"RoleArn":"{arn}","AccessKeyId":"<key>","SecretAccessKey":"<secret>",'
                                         '"Token":"<secret>","Expiration":"<time>"}', **more)


def refused(path, request, status, code, message, **more):
    return Row(path, request, status, JSON, compact({"code": code, "message": message, "HTTPErrorCode": status}), **more)


NOT_ITS_TOKEN = ("AuthorizationFailed", "The Authorization header is not the token of these credentials; set "
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to the configured token_file")
DENIED = ("AccessDenied", "User: arn:aws:iam::111122223333:user/base is not authorized to perform: sts:AssumeRole on resource: " + DENIED_ARN)
BROKEN = "the process of role broken ended with status 7"
NEEDS_CODE = ("MfaRequired", f"role {MFA_ARN} needs a code of the MFA device {MFA}: run understudy mfa mfa CODE, or set mfa.command or "
                             "mfa.seed_file in the configuration")


def credentials_rows(token):
    for version, path, target in ((1, BY_V1, "/v1/credentials?id="), (2, BY_V2, "/v2/credentials/")):
        prefix = f"CredentialsV{version}Request: "
        yield given(path, target + "app")
        yield given(path, f"POST {target}app", headers=PROXIED)
        yield given(path, target + "audit", AUDIT_ARN, headers={"Authorization": token})
        for nothing in (target, target.partition("?")[0].rstrip("/")):
            yield refused(path, nothing, 400, "NoIdInRequest", prefix + "No Credential ID in the request")
        yield refused(path, target + "x", 400, "InvalidIdInRequest", prefix + "Credentials not found")
        yield refused(path, target + "audit", 401, *NOT_ITS_TOKEN)
        yield refused(path, target + "denied", 403, *DENIED)
        yield refused(path, target + "broken", 503, "CredentialsUninitialized", f"{prefix}Credentials uninitialized for ID: {BROKEN}")
        yield refused(path, target + "mfa", 503, *NEEDS_CODE)
        yield refused(path, target + "sso", 503, "SsoLoginRequired",
                      "IAM Identity Center: nobody has logged in; run: understudy login sso --config FILE")
        yield refused(path, target + "login", 503, "LoginRequired",
                      "there is no login session of arn:aws:iam::111122223333:user/me; run: aws login --profile NAME, with the "
                      "profile whose login_session that is")
    yield given(OWN, "/own")
    yield refused(OWN, "/guarded", 401, *NOT_ITS_TOKEN, headers=WRONG)
    yield refused(OWN, "/denied", 403, *DENIED)
    yield refused(OWN, "/broken", 503, "CredentialsUninitialized", f"CredentialsV2Request: Credentials uninitialized for ID: {BROKEN}")
    for target in ("/own", "/nothing"):
        yield refused(ANY, target, 403, "Forbidden", "This server does not answer requests from browsers or for names of others; its "
                                                     "log says which rule refused this one and how to change it", headers=BROWSED)
    yield from (missing(ANY, target) for target in ("/", "/own/x", "/role/app"))


def callers_rows(token):
    yield given(CALLERS, "/creds")
    yield given(CALLERS, "/creds", AUDIT_ARN, source=STRANGER, headers={"Authorization": token})
    yield refused(CALLERS, "/creds", 401, "AuthorizationFailed",
                  "The Authorization header is not the token of any credentials here; for the caller's own role send none (unset "
                  "AWS_CONTAINER_AUTHORIZATION_TOKEN and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)", headers=WRONG)
    for source, code, message, headers in (
            ("127.0.0.1", "Forbidden", "This request came through a proxy, so whose role it asks for is not known; ask directly (NO_PROXY "
             "has to name this address), or name the credentials by their path or token", PROXIED),
            (JOB, *DENIED, {}),
            (LOST, "UnknownRole", "the label understudy.role of container other-lost-1 names no role of the configuration: nothing", {}),
            (POD, "RoleOfPods", "the label understudy.role of container other-pod-1 names the role pods, which is for pods "
             "alone, by their service account's token (pod_identity.associations); to give it to containers, too, name it in "
             "containers.credentials", {}),
            (PLAIN, "CallerHasNoRole", "container other-plain-1 has no role: give it the label understudy.role=<role>", {}),
            (TWINS, "CallerUnknown", f"two containers have the address {TWINS}, each in a network of its own, and neither is known by it: "
             "give one of the networks another subnet, or each a token", {}),
            (STRANGER, "CallerUnknown", f"no container is known by the address {STRANGER}, and containers.callers.addresses has no role "
             "for it", {})):
        yield refused(CALLERS, "/creds", 403, code, message, source=source, headers=headers)


def probe_rows():
    yield Row("/healthz", "/healthz", 200, TEXT, "ok\n")
    yield from (missing(path, f"POST {path}") for path in ("/healthz", "/readyz"))


UNREADY = Row("/readyz", "/readyz", 503, TEXT, "".join(f"role {role} has no credentials: {why}\n" for role, why in (
    ("denied", ": ".join(DENIED)), ("broken", f"CommandFailed: {BROKEN}"), ("mfa", ": ".join(NEEDS_CODE)),
    ("sso", "SsoLoginRequired: IAM Identity Center: nobody has logged in; run: understudy login sso --config FILE"),
    ("login", "LoginRequired: there is no login session of arn:aws:iam::111122223333:user/me; run: aws login --profile NAME, with the "
              "profile whose login_session that is"))))


def compat_rows(token):
    for path, target in ((BY_NAME, "/role"), (BY_NAME, "/role/"), (BY_ARN, "/role-arn")):
        yield refused(path, target, 400, "NoIdInRequest", "expected a role behind the path: /role/<name> or /role-arn/<ARN>")
    yield refused(BY_NAME, "/role/x", 400, "InvalidIdInRequest", 'the configuration has no role "x"; add it to roles, or let any role '
                                                                 "be played on demand: containers: {compat: {source: ..}}")
    yield refused(BY_NAME, "/role/app", 400, "InvalidIdInRequest",
                  f"both {APP_ARN} and {OTHER_ARN} have that name; name the role by /role-arn/")
    yield refused(BY_NAME, "/role/audit", 401, *NOT_ITS_TOKEN)
    yield given(BY_NAME, "/role/audit", AUDIT_ARN, headers={"Authorization": token})
    yield refused(BY_NAME, "/role/denied", 403, *DENIED)
    yield refused(BY_ARN, f"/role-arn/{MFA_ARN}", 503, *NEEDS_CODE)
    yield given(BY_ARN, f"/role-arn/{OTHER_ARN}", OTHER_ARN)
    yield given(BY_ARN, f"/role-arn/{APP_ARN}/")
    yield given(BY_ARN, "/role-arn/" + quote(APP_ARN, safe=""))
    for path, target in ((BY_NAME, "/role/pods"), (BY_ARN, f"/role-arn/{PODS_ARN}")):
        yield refused(path, target, 403, "RoleOfPods",
                      'role "pods" of the configuration is for pods alone, by their service account\'s token '
                      "(pod_identity.associations); to give it here, too, name it in containers.credentials")
    yield refused(BY_ARN, f"/role-arn/{APP_ARN}/app", 400, "InvalidIdInRequest",
                  f'the configuration has no role "{APP_ARN}/app"; add it to roles, or let any role be played on demand: containers: '
                  "{compat: {source: ..}}")


NO_SOCKET = ("unix:///nowhere/docker.sock: there is no such socket; start the container engine, mount its socket where this runs "
             "in a container, or name another one in DOCKER_HOST=unix:///path")
BLIND = Row("/readyz", "/readyz", 503, TEXT, f"callers can not be told apart: {NO_SOCKET}\n")
DEMANDED_ROWS = (
    BLIND,
    given(BY_ARN, f"/role-arn/{AUDIT_ARN}", AUDIT_ARN),
    refused(BY_ARN, "/role-arn/arn:aws:iam::1:user/x", 400, "InvalidIdInRequest",
            '"arn:aws:iam::1:user/x" is not the ARN of an IAM role; expected something like arn:aws:iam::111122223333:role/NAME'),
    refused(BY_NAME, "/role/a%20b", 400, "InvalidIdInRequest",
            'expected an IAM role\'s name, without its path, found "a b"; a role with a path is named by its ARN'),
    refused(CALLERS, "/creds", 503, "CallersUnknown",
            f"callers can not be told apart right now, ask again: {NO_SOCKET}"),
    refused(BY_NAME, "/role/new#", 429, "TooManyNewRoles",
            "too many roles were asked for that the configuration does not have and nobody had asked for before; ask again in some "
            "seconds, or add the roles to the configuration", repeats=True))
LIMITED_ROWS = (Row("/readyz", "/readyz", 200, TEXT, "ready\n"),
                Row(ANY, "/v2/credentials/app", 429, TEXT_UTF8, "You have reached maximum request limit.", repeats=True))


def main_rows(token):
    return (UNREADY, *credentials_rows(token), *callers_rows(token), *metadata_rows(), *callers_task_rows(), *agent_rows(), *probe_rows())


class Containers(conformance.Walk):
    def start(self, configuration):
        file = self.folder / "token"
        containers = self.serve(configuration.replace("TOKEN", str(file)))["containers"]
        eventually(lambda: get(containers, "/readyz")[1] in (UNREADY.body, BLIND.body, "ready\n"), "the roles do not settle")
        return containers, file.read_text() if file.exists() else ""

    def test_credentials_metadata_and_the_agents_api(self):
        containers, token = self.start(MAIN)
        self.walk(containers, main_rows(token))

    def test_the_paths_of_other_servers(self):
        containers, token = self.start(COMPAT)
        self.walk(containers, (*compat_rows(token), *local_rows()))

    def test_roles_on_demand_and_an_engine_that_is_not_there(self):
        self.walk(self.start(DEMANDED)[0], DEMANDED_ROWS)

    def test_the_agents_limit(self):
        self.walk(self.start(LIMITED)[0], LIMITED_ROWS)

    def test_the_documentation_tells_of_the_same_routes_and_errors(self):
        rows = [*main_rows("token"), *compat_rows("token"), *local_rows(), *DEMANDED_ROWS, *LIMITED_ROWS]
        self.hold("Of the containers listener", rows, elsewhere=("TooManyRoles",))


understudy.main()
