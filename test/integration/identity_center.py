"""IAM Identity Center as far as a client sees it: a log-in with a device code, its renewal, and a role's credentials."""

import json
import secrets
import time
from collections import deque
from urllib.parse import parse_qs, urlsplit

from json_service import JsonService, Refused

ACCOUNT = "111122223333"
ROLE = "Dev"
START_URL = "https://corp.awsapps.com/start"
SHARED = f"""[sso-session corp]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile dev]
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {ROLE}
[profile admin]
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = Admin
"""


class IdentityCenter(JsonService):
    """Tokens are good for `life` seconds; each refresh token once. `assigned` are the (account, role) of the one user.
    Who waits with a device code is told `states` one after the other (`authorization_pending`, ..), then given a token."""

    def __init__(self):
        super().__init__()
        self.life = 3600
        self.assigned = {(ACCOUNT, ROLE)}
        self.states = deque()
        self.secrets = set()
        self.granted = 0
        self._tokens = {}
        self._refresh = set()
        self._devices = set()
        self._scopes = {}
        self._clients = {}
        self._client = self._new_client(["sso:account:access"])

    def _secret(self):
        value = "fake-" + secrets.token_urlsafe(24)
        self.secrets.add(value)
        return value

    def _new_client(self, scopes):
        client = {"clientId": f"client-{len(self._clients)}", "clientSecret": self._secret()}
        self._clients[client["clientId"]] = client["clientSecret"]
        self._scopes[client["clientId"]] = scopes
        return client

    def token(self, life):
        """A token of so many seconds, as a log-in gives it."""
        token = {"accessToken": self._secret(), "refreshToken": self._secret()}
        self._tokens[token["accessToken"]] = time.time() + life
        self._refresh.add(token["refreshToken"])
        return token

    def log_in(self, life):
        """The file that a log-in leaves behind."""
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + life))
        return {"startUrl": START_URL, "region": "eu-west-1", **self.token(life), "expiresAt": end,
                **self._client, "registrationExpiresAt": "2999-01-01T00:00:00Z"}

    def answer(self, call):
        url = urlsplit(call.target)
        posts = {"/client/register": self._register, "/device_authorization": self._authorize, "/token": self._token}
        if call.method == "POST" and url.path in posts:
            return 200, posts[url.path](json.loads(call.body))
        if (call.method, url.path) == ("GET", "/federation/credentials"):
            return 200, self._role(parse_qs(url.query), call.headers.get("x-amz-sso_bearer_token"))
        raise Refused(404, {"message": "no such operation"})

    def _register(self, asked):
        if asked.get("clientType") != "public" or not asked.get("clientName"):
            raise Refused(400, {"error": "invalid_client_metadata"})
        return {**self._new_client(asked.get("scopes")), "clientSecretExpiresAt": int(time.time()) + 90 * 86400}

    def _authorize(self, asked):
        self._check_client(asked)
        if asked.get("startUrl") != START_URL:
            raise Refused(400, {"error": "invalid_request", "error_description": "The start URL is not known."})
        device = self._secret()
        self._devices.add(device)
        return {"deviceCode": device, "userCode": "ABCD-EFGH", "verificationUri": START_URL + "/#/device",
                "verificationUriComplete": START_URL + "/#/device?user_code=ABCD-EFGH", "expiresIn": 600, "interval": 1}

    def _token(self, asked):
        self._check_client(asked)
        if asked.get("grantType") == "refresh_token":
            used, known = asked.get("refreshToken"), self._refresh
        else:
            used, known = asked.get("deviceCode"), self._devices
        if used not in known:
            raise Refused(400, {"error": "invalid_grant", "error_description": "It is not good, or not any more."})
        if known is self._devices and self.states:
            raise Refused(400, {"error": self.states.popleft()})
        known.remove(used)
        token = self.token(self.life)
        if not self._scopes[asked["clientId"]]:
            self._refresh.remove(token.pop("refreshToken"))
        return {**token, "expiresIn": self.life, "tokenType": "Bearer"}

    def _check_client(self, asked):
        if self._clients.get(asked.get("clientId"), "") != asked.get("clientSecret"):
            raise Refused(401, {"error": "invalid_client"})

    def _role(self, query, token):
        if self._tokens.get(token, 0) <= time.time():
            raise Refused(401, {"message": "Session token not found or invalid"})
        if (query["account_id"][0], query["role_name"][0]) not in self.assigned:
            raise Refused(403, {"__type": "ForbiddenException", "message": "No access"})
        self.granted += 1
        return {"roleCredentials": {"accessKeyId": f"ASIASSO{self.granted:013}", "secretAccessKey": self._secret(),
                                    "sessionToken": self._secret(), "expiration": int((time.time() + 3600) * 1000)}}
