"""IAM Identity Center as far as a client of a session sees it: the renewal of its token, and the credentials of a role."""

import json
import secrets
import time
from urllib.parse import parse_qs, urlsplit

from json_service import JsonService, Refused

ACCOUNT = "111122223333"
ROLE = "Dev"


class IdentityCenter(JsonService):
    """Tokens are good for `life` seconds; each refresh token once. `assigned` are the (account, role) of the one user."""

    def __init__(self):
        super().__init__()
        self.life = 3600
        self.assigned = {(ACCOUNT, ROLE)}
        self.secrets = set()
        self.granted = 0
        self._tokens = {}
        self._refresh = set()
        self._client = {"clientId": "a-client", "clientSecret": self._secret()}

    def _secret(self):
        value = "fake-" + secrets.token_urlsafe(24)
        self.secrets.add(value)
        return value

    def token(self, life):
        """A token of so many seconds, as a log-in gives it."""
        token = {"accessToken": self._secret(), "refreshToken": self._secret()}
        self._tokens[token["accessToken"]] = time.time() + life
        self._refresh.add(token["refreshToken"])
        return token

    def log_in(self, life):
        """The file that a log-in leaves behind."""
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + life))
        return {"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1", **self.token(life), "expiresAt": end,
                **self._client, "registrationExpiresAt": "2999-01-01T00:00:00Z"}

    def answer(self, call):
        url = urlsplit(call.target)
        if (call.method, url.path) == ("POST", "/token"):
            return 200, self._renew(json.loads(call.body))
        if (call.method, url.path) == ("GET", "/federation/credentials"):
            return 200, self._role(parse_qs(url.query), call.headers.get("x-amz-sso_bearer_token"))
        raise Refused(404, {"message": "no such operation"})

    def _renew(self, asked):
        if {key: asked.get(key) for key in self._client} != self._client:
            raise Refused(401, {"error": "invalid_client"})
        if asked.get("grantType") != "refresh_token" or asked.get("refreshToken") not in self._refresh:
            raise Refused(400, {"error": "invalid_grant", "error_description": "The refresh token is not good."})
        self._refresh.remove(asked["refreshToken"])
        return {**self.token(self.life), "expiresIn": self.life, "tokenType": "Bearer"}

    def _role(self, query, token):
        if self._tokens.get(token, 0) <= time.time():
            raise Refused(401, {"message": "Session token not found or invalid"})
        if (query["account_id"][0], query["role_name"][0]) not in self.assigned:
            raise Refused(403, {"__type": "ForbiddenException", "message": "No access"})
        self.granted += 1
        return {"roleCredentials": {"accessKeyId": f"ASIASSO{self.granted:013}", "secretAccessKey": self._secret(),
                                    "sessionToken": self._secret(), "expiration": int((time.time() + 3600) * 1000)}}
