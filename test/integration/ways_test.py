#!/usr/bin/python3
"""Ways to get credentials, each in the whole program: from what a person has to what a client is served."""

import base64
import json
import socket
import time

import understudy
from openid import token
from understudy import APP_ARN, AUDIT_ARN, BASE, get

PROVIDER = "arn:aws:iam::111122223333:saml-provider/idp"
STS = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
sts:
  endpoint: embedded
  trust:
    {APP_ARN}: {{principals: ["*"]}}
roles:
"""


def assertion(lives=300):
    """A SAML response for the role app."""
    def attribute(name, value):
        return (f'<Attribute Name="https://aws.amazon.com/SAML/Attributes/{name}">'
                f"<AttributeValue>{value}</AttributeValue></Attribute>")

    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + lives))
    return ("<Response><Assertion><Issuer>https://example.com/saml</Issuer><Subject><NameID>jane</NameID></Subject>"
            f'<Conditions NotOnOrAfter="{end}"><AudienceRestriction><Audience>aud</Audience></AudienceRestriction></Conditions>'
            f"<AttributeStatement>{attribute('Role', APP_ARN + ',' + PROVIDER)}{attribute('RoleSessionName', 'jane')}"
            "</AttributeStatement></Assertion></Response>")


def serving(*ids):
    return "containers:\n  credentials:\n" + "".join(f"    {key}: {{role: {key}}}\n" for key in ids)


class Ways(understudy.TestCase):
    def served(self, server, key):
        return self.credentials(server["containers"], f"/v2/credentials/{key}")

    def refused(self, server, key, status, *words):
        answer = get(server["containers"], f"/v2/credentials/{key}")
        self.assertEqual(answer[0], status, answer)
        for word in words:
            self.assertIn(word, answer[1])

    def test_a_process_prints_them(self):
        document = {"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "fake-process-secret",
                    "SessionToken": "fake-process-token", "Expiration": "2999-01-01T00:00:00Z"}
        printed = self.write("printed.json", json.dumps(document))
        server = self.serve(f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
roles:
  good: {{process: "cat {printed}"}}
  slow: {{process: {{command: "sleep 60", timeout: 1s}}}}
  bad: {{process: "echo fake-process-secret; echo no vault here >&2; exit 3"}}
  odd: {{process: "echo fake-process-secret"}}
{serving("good", "slow", "bad", "odd")}""")
        self.secrets |= {"fake-process-secret"}
        self.assertEqual(self.served(server, "good")["AccessKeyId"], "ASIAIOSFODNN7EXAMPLE")
        self.refused(server, "slow", 503, "had not ended after 1 s")
        self.refused(server, "bad", 503, "ended with status 3: no vault here")
        self.refused(server, "odd", 503, "no JSON object")

    def test_a_web_identity_and_a_chain_that_starts_from_it(self):
        file = self.write("token", token())
        self.secrets.add(file.read_text())
        issue = self.write("issue.json", json.dumps({"value": file.read_text()}))
        configuration = STS + f"""  ci: {{web_identity: {{role_arn: "{APP_ARN}", token_file: {file}}}}}
  job:
    web_identity:
      role_arn: "{APP_ARN}"
      token_command: python3 -c 'import json; print(json.load(open("{issue}"))["value"])'
  env: {{web_identity: true}}
  audit: {{assume_role: {AUDIT_ARN}, source: ci}}
{serving("ci", "job", "env", "audit")}"""
        server = self.serve(configuration, AWS_WEB_IDENTITY_TOKEN_FILE=str(file), AWS_ROLE_ARN=APP_ARN)
        self.assertEqual(self.served(server, "ci")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "job")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "env")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "audit")["RoleArn"], AUDIT_ARN)

    def test_a_web_identity_that_comes_later_is_found(self):
        file = self.folder / "token"
        server = self.serve(STS + f"""  ci: {{web_identity: {{role_arn: "{APP_ARN}", token_file: {file}}}}}
{serving("ci")}""")
        self.refused(server, "ci", 503, str(file), "web identity token has to be there")
        self.write("token", token(lives=-10))
        understudy.eventually(lambda: "has ended" in get(server["containers"], "/v2/credentials/ci")[1], "no word of the end")
        self.write("token", token())
        understudy.eventually(lambda: get(server["containers"], "/v2/credentials/ci")[0] == 200, "the new token is not read")
        self.served(server, "ci")

    def test_a_saml_assertion_from_a_file_and_from_a_command(self):
        file = self.write("assertion.xml", assertion())
        encoded = self.write("assertion.b64", base64.b64encode(assertion().encode()).decode())
        ended = self.write("ended.xml", assertion(lives=-600))
        saml = f'saml: {{role_arn: "{APP_ARN}", principal_arn: "{PROVIDER}"'
        server = self.serve(STS + f"""  file: {{{saml}, assertion_file: {file}}}}}
  command: {{{saml}, assertion_command: "cat {encoded}"}}}}
  ended: {{{saml}, assertion_file: {ended}}}}}
{serving("file", "command", "ended")}""")
        self.assertEqual(self.served(server, "file")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "command")["RoleArn"], APP_ARN)
        self.refused(server, "ended", 503, "log in at the identity provider again")

    def test_a_saml_assertion_comes_from_standard_input(self):
        config = self.write("saml.yaml", STS + f"""\
  corp: {{saml: {{role_arn: {APP_ARN}, principal_arn: {PROVIDER}, assertion_file: "-"}}}}
""")
        encoded = base64.encodebytes(assertion().encode()).decode()  # In lines, as base64 prints it.
        self.assertIn("\n", encoded.strip())
        done = self.run_command("whoami", "corp", "--config", config, stdin=encoded)
        self.assertEqual((done.returncode, done.stdout), (0, "arn:aws:sts::111122223333:assumed-role/app/jane\n"), done.stderr)

    def test_a_federated_session_of_long_term_keys_alone(self):
        server = self.serve(STS + BASE + f"""  app: {{assume_role: {APP_ARN}, source: base}}
  guest: {{federation_token: {{name: guest}}, source: base}}
  wrong: {{federation_token: {{name: guest}}, source: app}}
{serving("guest", "wrong")}""")
        self.served(server, "guest")
        self.refused(server, "wrong", 503, "long-term keys")

    def test_mfa_codes_are_made_used_once_and_asked_for(self):
        serial = "arn:aws:iam::111122223333:mfa/me"
        seed = self.write("seed", "MEQH GZLF MQQG 6ZRA N52X E4ZM EAZD AIDC\n")
        self.secrets.add("MEQH GZLF")
        server = self.serve(STS.replace('principals: ["*"]', f'principals: ["111122223333"], mfa_serial: "{serial}"') + f"""\
  base: {{static: {{access_key_id: {understudy.KEY_ID}, secret_access_key: {understudy.SECRET}, account_id: "111122223333"}}}}
  totp: {{assume_role: {{arn: "{APP_ARN}", mfa: {{serial: "{serial}", seed_file: {seed}}}}}, source: base}}
  command: {{assume_role: {{arn: "{APP_ARN}", mfa: {{serial: "{serial}", command: echo 654321}}}}, source: base}}
  none: {{assume_role: {APP_ARN}, source: base}}
  asked: {{assume_role: {{arn: "{APP_ARN}", mfa: {{serial: "{serial}"}}}}, source: base}}
  session: {{session_token: {{duration: 1h, mfa: {{serial: "{serial}", token: "123456"}}}}, source: base}}
{serving("totp", "command", "none", "asked", "session")}""")
        for key in ("totp", "command", "session"):
            self.served(server, key)
        self.refused(server, "none", 403, "AccessDenied")
        self.refused(server, "asked", 503, '"code":"MfaRequired"', "set mfa.command or mfa.seed_file")

    def test_a_profile_does_all_that_it_says(self):
        document = {"Version": 1, "AccessKeyId": understudy.KEY_ID, "SecretAccessKey": understudy.SECRET}
        printed = self.write("printed.json", json.dumps(document))
        jwt = self.write("token", token())
        first = self.serve(understudy.CHAIN)
        self.write(".aws/config", f"""[profile tool]
credential_process = cat {printed}
[profile played]
role_arn = {APP_ARN}
source_profile = tool
[profile ci]
role_arn = {APP_ARN}
web_identity_token_file = {jwt}
[profile box]
role_arn = {AUDIT_ARN}
credential_source = EcsContainer
""")
        server = self.serve(f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: "http://{first['sts']}"}}
roles:
  played: {{profile: played}}
  ci: {{profile: ci}}
  box: {{profile: box}}
{serving("played", "ci", "box")}""", AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{first['containers']}/creds")
        self.assertEqual(self.served(server, "played")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "box")["RoleArn"], AUDIT_ARN)
        self.assertEqual(self.served(server, "ci")["RoleArn"], APP_ARN)

    def test_a_profile_says_where_sts_is_whatever_the_chosen_one_says(self):
        sts = self.serve(f"roles:\n{BASE}", "--listen", "127.0.0.1:0", command="sts")["sts"]
        role = f"role_arn = {APP_ARN}\nsource_profile = keys\n"
        self.write(".aws/config", f"""[default]
region = us-east-1
endpoint_url = http://127.0.0.1:{understudy.free_port()}
{role}
[profile keys]
aws_access_key_id = {understudy.KEY_ID}
aws_secret_access_key = {understudy.SECRET}
use_fips_endpoint = true
[profile dev]
endpoint_url = http://{sts}
{role}
[profile local]
services = here
{role}
[services here]
sts =
  endpoint_url = http://{sts}
""")
        ways = "".join(f"  {name}: {{profile: {name}}}\n" for name in ("dev", "local", "default"))
        server = self.serve(f"listen: {{containers: 127.0.0.1:0}}\nroles:\n{ways}{serving('dev', 'local', 'default')}",
                            AWS_PROFILE="default")
        self.assertEqual(self.served(server, "dev")["RoleArn"], APP_ARN)
        self.assertEqual(self.served(server, "local")["RoleArn"], APP_ARN)
        self.refused(server, "default", 503, "nobody listens there")
        # The session is that STS's, so the same is asked whose it is.
        config = self.write("ways.yaml", f"roles:\n{ways}")
        done = self.run_command("whoami", "dev", "--config", config, AWS_PROFILE="default")
        self.assertIn(":assumed-role/app/understudy-dev\n", done.stdout, done.stderr)

    def test_another_server_of_either_kind_is_served_on(self):
        first = self.serve(understudy.CHAIN)
        configuration = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0, imds: 127.0.0.1:0}}
roles:
  up: {{container: {{full_uri: "http://{first['containers']}/v2/credentials/audit"}}}}
  machine: {{instance: {{endpoint: "http://{first['imds']}"}}}}
  env: {{container: true}}
  gone: {{container: {{full_uri: "http://{first['containers']}/v2/credentials/gone"}}}}
imds: {{role: machine}}
{serving("up", "machine", "env", "gone")}"""
        second = self.serve(configuration, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{first['containers']}/creds")
        theirs = self.credentials(first["containers"], "/v2/credentials/audit")
        ours = self.served(second, "up")
        self.assertEqual(ours["AccessKeyId"], theirs["AccessKeyId"])
        self.assertEqual(ours["Expiration"], theirs["Expiration"])
        self.assertEqual(ours["RoleArn"], AUDIT_ARN)
        app = self.credentials(first["containers"], "/creds")
        self.assertEqual(self.served(second, "machine")["AccessKeyId"], app["AccessKeyId"])
        self.assertEqual(self.served(second, "env")["AccessKeyId"], app["AccessKeyId"])
        self.refused(second, "gone", 503, "Credentials not found")

    def test_a_server_that_would_be_its_own_upstream_finds_out(self):
        with socket.create_server(("127.0.0.1", 0)) as chosen:
            port = chosen.getsockname()[1]
        server = self.serve(f"""region: us-east-1
listen: {{containers: 127.0.0.1:{port}, imds: 127.0.0.1:0}}
roles:
  up: {{container: {{full_uri: "http://127.0.0.1:{port}/v2/credentials/up"}}}}
{serving("up")}""")
        self.refused(server, "up", 503)
        understudy.eventually(lambda: "is this very server" in get(server["containers"], "/v2/credentials/up")[1],
                              "the loop is not found")


understudy.main()
