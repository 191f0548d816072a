#!/usr/bin/python3
"""`understudy credentials`, `doctor` and `sts`, and the roles of `--role-arn` and `--profile`, with botocore as client."""

import json
import unittest

import understudy
from understudy import APP_ARN, AUDIT_ARN, BASE, CHAIN, KEY_ID, SECRET, get

try:
    import botocore
except ImportError:
    botocore = None

# Prints whose credentials botocore takes, and, where an STS is given, who that says they are (or its error).
WHO = """
import json, os, sys
import botocore.session
from botocore.exceptions import ClientError
session = botocore.session.Session()
session.set_config_variable("region", "us-east-1")
credentials = session.get_credentials()
said = {"method": credentials.method, "key": credentials.get_frozen_credentials().access_key}
if len(sys.argv) > 1:
    try:
        said["arn"] = session.create_client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"]
    except ClientError as error:
        said["error"] = error.response["Error"]["Code"]
print(json.dumps(said))
"""
needs_botocore = unittest.skipUnless(botocore, "botocore is not installed (Debian: python3-botocore)")


class Commands(understudy.TestCase):
    def who(self, sts=None, **environment):
        return self.run_python(WHO, *([f"http://{sts}"] if sts else []), AWS_EC2_METADATA_DISABLED="true", **environment)

    def printed(self, *arguments, **environment):
        """The document that `understudy credentials` prints."""
        done = self.run_command("credentials", *arguments, shows_secrets=True, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.secrets |= {document["SecretAccessKey"], document.get("SessionToken") or SECRET}
        return document

    def variables(self, document):
        return {"AWS_ACCESS_KEY_ID": document["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": document["SecretAccessKey"],
                "AWS_SESSION_TOKEN": document["SessionToken"]}


class Credentials(Commands):
    def test_what_is_printed_is_a_credential_process_s_answer(self):
        config = self.write("understudy.yaml", CHAIN)
        document = self.printed("--config", config, "app")
        self.assertEqual(document["Version"], 1)
        self.assertTrue(document["AccessKeyId"].startswith("ASIA"))
        self.assertRegex(document["Expiration"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
        permanent = self.printed("--config", config, "base")
        self.assertEqual(permanent, {"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET})

    @needs_botocore
    def test_botocore_takes_them_by_its_profile(self):
        seal = self.folder / "seal.key"
        text = CHAIN.replace("endpoint: embedded", f"endpoint: embedded, seal_key_file: {seal}")
        config = self.write("understudy.yaml", text)
        sts = self.serve(text)["sts"]
        shared = self.write("config", "[default]\ncredential_process = "
                            f"{understudy.BINARY} credentials --config {config} audit\n")
        said = self.who(sts, AWS_CONFIG_FILE=str(shared))
        self.assertEqual(said["method"], "custom-process")
        self.assertEqual(said["arn"], "arn:aws:sts::444455556666:assumed-role/audit/me")

    def test_no_token_file_is_made_for_them(self):
        text = CHAIN.replace("{role: audit}", f"{{role: audit, token_file: {self.folder}/run/token}}")
        self.printed("--config", self.write("understudy.yaml", text), "app")
        self.assertFalse((self.folder / "run").exists())

    def test_a_refusal_is_told_and_nothing_is_printed(self):
        trust = f"trust: {{'{APP_ARN}': {{principals: ['999988887777']}}}}"
        text = CHAIN.replace("endpoint: embedded", f"endpoint: embedded, {trust}")
        done = self.run_command("credentials", "--config", self.write("understudy.yaml", text), "app")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("AccessDenied: User: arn:aws:iam::111122223333:user/base is not authorized", done.stderr)


class Whoami(Commands):
    def test_a_role_and_a_chain_are_who_they_say(self):
        for key, arn in (("app", "arn:aws:sts::111122223333:assumed-role/app/understudy-app"),
                         ("audit", "arn:aws:sts::444455556666:assumed-role/audit/me")):
            done = self.run_command("whoami", key, "--config", self.write("chain.yaml", CHAIN))
            self.assertEqual((done.returncode, done.stdout), (0, arn + "\n"), done.stderr)

    def test_json_is_what_the_aws_cli_prints(self):
        done = self.run_command("whoami", "app", "--json", "--config", self.write("chain.yaml", CHAIN))
        self.assertEqual(done.returncode, 0, done.stderr)
        who = json.loads(done.stdout)
        self.assertEqual(who["Account"], "111122223333")
        self.assertRegex(who["UserId"], r"\AAROA[A-Z0-9]+:understudy-app\Z")
        self.assertEqual(set(who), {"UserId", "Account", "Arn"})

    def test_what_stands_in_the_way_is_told(self):
        done = self.run_command("whoami", "nobody", "--config", self.write("chain.yaml", CHAIN))
        self.assertEqual(done.returncode, 2)
        self.assertIn('no role "nobody"', done.stderr)
        broken = self.write("broken.yaml", "region: us-east-1\nroles: {app: {process: 'exit 3'}}\n")
        done = self.run_command("whoami", "--config", broken)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("ended with status 3", done.stderr)


class Profiles(Commands):
    SHARED = (f"[profile keys]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
              "[profile middle]\nrole_arn = arn:aws:iam::111122223333:role/middle\nsource_profile = keys\n"
              f"[profile dev]\nrole_arn = {APP_ARN}\nsource_profile = middle\nrole_session_name = dev\nregion = eu-west-1\n")

    def setUp(self):
        super().setUp()
        self.shared = str(self.write("aws-config", self.SHARED))
        self.sts = self.serve(f"roles:\n{BASE}", "--listen", "127.0.0.1:0", command="sts")["sts"]
        self.environment = {"AWS_CONFIG_FILE": self.shared, "AWS_ENDPOINT_URL_STS": f"http://{self.sts}"}

    @needs_botocore
    def test_a_profile_s_own_chain_is_played(self):
        document = self.printed("--profile", "dev", **self.environment)
        self.assertEqual(self.who(self.sts, **self.variables(document))["arn"],
                         "arn:aws:sts::111122223333:assumed-role/app/dev")

    @needs_botocore
    def test_a_role_is_played_from_a_profile_in_the_profile_s_region(self):
        for profile in ({"AWS_PROFILE": "dev"}, {"UNDERSTUDY_PROFILE": "dev"}, {}):
            flags = [] if profile else ["--profile", "dev"]
            document = self.printed("--role-arn", AUDIT_ARN, *flags, **self.environment, **profile)
            self.assertEqual(self.who(self.sts, **self.variables(document))["arn"],
                             "arn:aws:sts::444455556666:assumed-role/audit/understudy-default")

    def test_a_served_profile_is_at_creds(self):
        server = self.serve("listen: {imds: 127.0.0.1:0, containers: 127.0.0.1:0}\n", "--role-arn", AUDIT_ARN, "--profile", "dev",
                            command="serve", **self.environment)
        self.assertEqual(self.credentials(server["containers"], "/creds")["RoleArn"], AUDIT_ARN)
        self.assertEqual(self.credentials(server["containers"], "/v2/credentials/default")["RoleArn"], AUDIT_ARN)

    def test_a_served_profile_of_keys_alone_is_told_of(self):
        keys = f"[keys]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        shared = self.write("credentials", keys)
        server = self.serve("listen: {imds: 127.0.0.1:0, containers: 127.0.0.1:0}\n", "--profile", "keys", command="serve",
                            AWS_SHARED_CREDENTIALS_FILE=shared, **self.environment)
        status, text = get(server["containers"], "/creds")
        self.assertEqual(status, 503)
        for told in (text, server.log()):
            self.assertIn("these keys have no session token", told)
            self.assertIn("--role-arn", told)

    def test_a_command_is_told_the_profile_s_region(self):
        done = self.run_command("exec", "--role-arn", AUDIT_ARN, "--profile", "dev", "--", "sh", "-c", "echo $AWS_REGION",
                                **self.environment)
        self.assertEqual(done.stdout, "eu-west-1\n", done.stderr)

    def test_the_environment_s_keys_are_the_start_where_they_are(self):
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "eu-west-1"}
        document = self.printed("--role-arn", AUDIT_ARN, AWS_ENDPOINT_URL_STS=f"http://{self.sts}", **keys)
        self.assertTrue(document["AccessKeyId"].startswith("ASIA"))

    def test_a_profile_that_there_is_not_is_told(self):
        done = self.run_command("credentials", "--profile", "dve", **self.environment)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("dve", done.stderr)


class Sts(Commands):
    USERS = ("sts:\n  users:\n"
             f"    - {{name: jane, access_key_id: {KEY_ID}, secret_access_key: {SECRET}, account: '444455556666'}}\n")

    @needs_botocore
    def test_a_user_learns_who_it_is_and_a_stranger_why_not(self):
        sts = self.serve(self.USERS, "--listen", "127.0.0.1:0", command="sts")["sts"]
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        self.assertEqual(self.who(sts, **keys)["arn"], "arn:aws:iam::444455556666:user/jane")
        wrong = {**keys, "AWS_SECRET_ACCESS_KEY": SECRET[:-1]}
        self.assertEqual(self.who(sts, **wrong)["error"], "SignatureDoesNotMatch")
        stranger = {**keys, "AWS_ACCESS_KEY_ID": "AKIAI44QH8DHBEXAMPLE"}
        self.assertEqual(self.who(sts, **stranger)["error"], "InvalidClientTokenId")
        made_up = {**keys, "AWS_SESSION_TOKEN": "made up"}
        self.assertEqual(self.who(sts, **made_up)["error"], "InvalidClientTokenId")

    def test_only_the_sts_of_a_whole_configuration_opens(self):
        server = self.serve(CHAIN.replace("{role: audit}", f"{{role: audit, token_file: {self.folder}/run/token}}"), command="sts")
        self.assertEqual(set(server.listeners), {"sts"})
        self.assertFalse((self.folder / "run").exists())

    @needs_botocore
    def test_served_credentials_are_known_to_the_server_s_own_sts(self):
        server = self.serve(CHAIN)
        token = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{server['containers']}/creds"}
        said = self.who(server["sts"], **token)
        self.assertEqual(said["method"], "container-role")
        self.assertEqual(said["arn"], "arn:aws:sts::111122223333:assumed-role/app/understudy-app")


class Doctor(Commands):
    def doctor(self, *arguments, **environment):
        return self.run_command("doctor", *arguments, **{"AWS_EC2_METADATA_DISABLED": "true", **environment})

    def test_the_role_that_a_client_takes_is_a_success(self):
        server = self.serve(CHAIN)
        done = self.doctor(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{server['containers']}/creds")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(APP_ARN, done.stdout)
        instance = self.run_command("doctor", AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://{server['imds']}/")
        self.assertEqual(instance.returncode, 0, instance.stdout + instance.stderr)

    def test_a_bare_shell_is_told_what_to_type(self):
        done = self.doctor()
        self.assertEqual(done.returncode, 1)
        self.assertIn("export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds", done.stdout)

    def test_keys_in_the_way_are_told_and_not_shown(self):
        server = self.serve(CHAIN)
        done = self.doctor(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{server['containers']}/creds", AWS_ACCESS_KEY_ID=KEY_ID,
                           AWS_SECRET_ACCESS_KEY=SECRET)
        self.assertEqual(done.returncode, 1)
        self.assertIn("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY", done.stdout)

    def test_a_server_that_is_not_there_is_told(self):
        done = self.doctor(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:1/creds")
        self.assertEqual(done.returncode, 1)
        self.assertIn("understudy serve", done.stdout)

    def test_what_it_says_for_a_configuration_is_what_helps(self):
        imds, containers = understudy.free_port(), understudy.free_port()
        text = CHAIN.replace("imds: 127.0.0.1:0, containers: 127.0.0.1:0", f"imds: 127.0.0.1:{imds}, containers: 127.0.0.1:{containers}")
        config = self.write("my team.yaml", text.replace("app: {role: app, path: /creds}", "app: {role: app}"))
        told = self.doctor("--config", config).stdout
        self.assertIn(f"  understudy serve --config '{config}' &\n", told)
        self.assertIn(f"understudy exec --config '{config}' --role app -- COMMAND\n", told)
        url = f"http://127.0.0.1:{containers}/v2/credentials/app"
        self.assertIn(f"  export AWS_CONTAINER_CREDENTIALS_FULL_URI={url}\n", told)
        self.serve(config.read_text())
        told = self.doctor("--config", config).stdout
        self.assertNotIn("understudy serve", told)
        self.assertIn(f"  export AWS_CONTAINER_CREDENTIALS_FULL_URI={url}\n", told)
        self.assertEqual(self.doctor("--config", config, AWS_CONTAINER_CREDENTIALS_FULL_URI=url).returncode, 0)
        lost = self.doctor("--config", config, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://127.0.0.1:{containers}/creds").stdout
        self.assertIn(f"  export AWS_CONTAINER_CREDENTIALS_FULL_URI={url}\n", lost)


if __name__ == "__main__":
    understudy.main()
