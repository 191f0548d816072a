#!/usr/bin/python3
"""Programs that crawl instance metadata, unmodified: each finds all there is, and makes of it what it makes on EC2."""

import json
import re
import socket
import subprocess

import understudy
from crawlers import CLOUD_INIT, FACTER, OHAI, ROOT, Namespace, python_path, ruby, why_not, why_not_had
from understudy import BASE, environment_of, request

USER_DATA = "#!/bin/sh\necho hello\n"
CONFIG = f"""region: eu-west-1
listen: {{imds: "LISTEN"}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base}}
imds:
  role: app
  tokens: required
  instance:
    id: i-0123456789abcdef0
    type: m7g.large
    private_ip: 10.0.12.7
    public_ip: 203.0.113.25
    ipv6: "2001:db8::7"
    mac: "02:00:00:00:00:01"
    interfaces: [{{mac: "02:00:00:00:00:02", private_ips: [10.0.12.8, 10.0.12.9]}}]
    block_devices: {{ami: xvda, root: /dev/xvda, ebs1: sdf}}
    security_groups: [web, ssh]
    product_codes: [abc]
    tags: {{Name: web, "team:a": blue}}
    public_keys: {{mine: ssh-ed25519 AAAA me, yours: ssh-ed25519 BBBB you}}
    user_data: "#!/bin/sh\\necho hello\\n"
"""
LOOPBACK = CONFIG.replace("LISTEN", "127.0.0.1:0")
AWS_ADDRESS = "169.254.169.254"
AWS_IPV6_ADDRESS = "fd00:ec2::254"

# What botocore makes of the service by itself: nothing but variables tell it where that is.
BOTOCORE = """
import botocore.session, botocore.utils, json
session = botocore.session.Session()
def fetcher(kind, **more):
    endpoint = session.get_config_variable("ec2_metadata_service_endpoint")
    mode = botocore.utils.resolve_imds_endpoint_mode(session)
    config = {"ec2_metadata_service_endpoint": endpoint, "ec2_metadata_service_endpoint_mode": mode}
    return kind(timeout=5, num_attempts=1, config=config, **more)
credentials = fetcher(botocore.utils.InstanceMetadataFetcher).retrieve_iam_role_credentials()
region = fetcher(botocore.utils.InstanceMetadataRegionFetcher).retrieve_region()
print(json.dumps({"role": credentials.get("role_name"), "key": credentials.get("access_key"), "region": region,
                  "provided": botocore.utils.IMDSRegionProvider(session).provide()}))
"""


def flat(tree, path=""):
    """The leaves of nested dictionaries by path."""
    if not isinstance(tree, dict):
        return {path.rstrip("/"): tree}
    return {leaf: text for name, below in tree.items() for leaf, text in flat(below, f"{path}{name}/").items()}


class Crawl(understudy.TestCase):
    def serve_at(self, *addresses, configuration=CONFIG):
        """A server where AWS's is, at the first of the addresses; gives what has to go before a client's command."""
        if reason := why_not():
            self.skipTest(reason)
        prefix = self.enterContext(Namespace(addresses))
        host = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        self.serve(configuration.replace("LISTEN", f"{host}:80"), prefix=prefix)
        return prefix

    def need(self, crawler):
        if reason := why_not_had(crawler):
            self.skipTest(reason)

    def output_of(self, command, status=0, **variables):
        done = subprocess.run(command, env=environment_of(self.folder, variables), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=understudy.PATIENCE)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def served(self, address, version="latest"):
        """What there is, found by the listings: path below meta-data/ -> value. No crawler reads credentials."""
        token = self.imds_token(address)
        leaves = {}

        def walk(folder):
            for name in request(address, "GET", f"/{version}/meta-data/{folder}", token)[1].splitlines():
                if name == "security-credentials/":
                    continue
                if name.endswith("/") or "=" in name:
                    walk(folder + name.partition("=")[0].rstrip("/") + "/")
                else:
                    leaf = f"/{version}/meta-data/{folder}{name}"
                    status, leaves[folder + name], _ = request(address, "GET", leaf, token)
                    self.assertEqual(status, 200, folder + name)

        walk("")
        return leaves

    def cloud_init(self, endpoint, prefix=()):
        self.need("cloud-init")
        command = [*prefix, "/usr/bin/python3", "-B", "-c", CLOUD_INIT, endpoint, str(self.folder)]
        return json.loads(self.output_of(command, PYTHONPATH=python_path()))

    def test_cloud_init_finds_every_leaf(self):
        server = self.serve(LOOPBACK)
        said = self.cloud_init(f"http://{server['imds']}")
        self.assertIn(said["version"], ("2021-03-23", "2024-04-11", "2025-10-04"))
        served = self.served(server["imds"], said["version"])
        # It takes keys by their names, and reads JSON and lines.
        keys = {"public-keys/mine": ["ssh-ed25519 AAAA me"], "public-keys/yours": ["ssh-ed25519 BBBB you"]}
        expected = {path: text.splitlines() if "\n" in text else text for path, text in served.items()
                    if not path.startswith("public-keys/") and not path.endswith("/info")}
        got = {path: text for path, text in flat(said["metadata"]).items() if "/info/" not in path}
        self.assertEqual(got, expected | keys)
        self.assertEqual(flat(said["metadata"])["iam/info/InstanceProfileArn"],
                         "arn:aws:iam::111122223333:instance-profile/app")

    def test_cloud_init_sets_up_the_machine_that_is_pretended(self):
        said = self.cloud_init(f"http://{self.serve(LOOPBACK)['imds']}")
        self.assertEqual((said["id"], said["zone"], said["region"]), ("i-0123456789abcdef0", "eu-west-1a", "eu-west-1"))
        self.assertEqual(said["user_data"], USER_DATA)
        self.assertEqual(said["keys"], ["ssh-ed25519 AAAA me", "ssh-ed25519 BBBB you"])
        self.assertEqual(said["identity"]["instanceType"], "m7g.large")
        self.assertEqual(said["identity"]["marketplaceProductCodes"], ["abc"])
        nics = said["network"]["ethernets"]
        self.assertEqual({name: nic["match"]["macaddress"] for name, nic in nics.items()},
                         {"eth0": "02:00:00:00:00:01", "eth1": "02:00:00:00:00:02"})
        self.assertTrue(nics["eth0"]["dhcp6"])
        self.assertEqual(nics["eth1"]["addresses"], ["10.0.12.9/24"])

    def test_cloud_init_goes_on_without_a_service_that_is_switched_off(self):
        server = self.serve(LOOPBACK.replace("tokens: required", "enabled: false"))
        self.assertFalse(self.cloud_init(f"http://{server['imds']}")["got"])

    def test_facter_finds_every_leaf(self):
        self.need("facter")
        prefix = self.serve_at(AWS_ADDRESS)
        command, variables = ruby(FACTER)
        facts = json.loads(self.output_of([*prefix, *command], **variables))
        served = self.served(self.serve(LOOPBACK)["imds"])
        got = flat(facts["metadata"])
        self.assertEqual(set(got), set(served))
        for path, text in got.items():
            if not path.endswith("/info"):  # the times of two starts differ
                self.assertEqual(text, served[path].strip(), path)
        self.assertEqual(facts["userdata"], USER_DATA.strip())

    def test_ohai_takes_the_newest_version_that_it_knows(self):
        self.need("ohai")
        prefix = self.serve_at(AWS_ADDRESS)
        command, variables = ruby(OHAI)
        said = json.loads(self.output_of([*prefix, *command], **variables))
        self.assertEqual(said["version"], "2019-10-01")
        self.assertEqual(said["user_data"], USER_DATA)
        metadata = said["metadata"]
        self.assertEqual(metadata["instance_type"], "m7g.large")
        self.assertEqual(metadata["security_groups"], ["web", "ssh"])
        self.assertEqual(metadata["public_keys_1_openssh_key"], "ssh-ed25519 BBBB you\n")
        self.assertEqual(metadata["network_interfaces_macs"]["02:00:00:00:00:02"]["local_ipv4s"], "10.0.12.8\n10.0.12.9")
        self.secrets |= {metadata["iam"]["security-credentials"]["app"][name] for name in ("SecretAccessKey", "Token")}
        self.assertEqual(metadata["iam"]["security-credentials"]["app"]["Code"], "Success")

    def test_ec2_metadata_prints_what_it_prints_on_an_instance(self):
        self.need("ec2-metadata")
        prefix = self.serve_at(AWS_ADDRESS)
        printed = self.output_of([*prefix, "bash", str(ROOT / "usr/bin/ec2-metadata"), "--all"])
        self.assertRegex(printed, "^ami-id: ami-[0-9a-f]{17}\n")
        for line in ("instance-id: i-0123456789abcdef0", "instance-type: m7g.large", "placement: eu-west-1a", "\t ebs1: sdf",
                     "local-hostname: ip-10-0-12-7.eu-west-1.compute.internal", "public-ipv4: 203.0.113.25",
                     "keyname:mine", "index:1", "format:openssh-key", "ssh-ed25519 BBBB you", "product-codes: abc",
                     "ramdisk-id: not available", "security-groups: web\nssh", f"user-data: {USER_DATA.rstrip()}",
                     "\t Name: web\n\t team:a: blue"):
            self.assertIn(f"\n{line.strip(' ')}\n", re.sub(" +\n", "\n", printed), line)
        self.assertRegex(printed, "\nreservation-id: r-[0-9a-f]{17}\n")

    def test_ec2_metadata_says_that_a_service_is_switched_off(self):
        self.need("ec2-metadata")
        prefix = self.serve_at(AWS_ADDRESS, configuration=CONFIG.replace("tokens: required", "enabled: false"))
        printed = self.output_of([*prefix, "bash", str(ROOT / "usr/bin/ec2-metadata"), "--all"], status=1)
        self.assertIn("Could not get IMDSv2 token", printed)

    def test_botocore_finds_role_and_region(self):
        wanted = {"role": "app", "region": "eu-west-1", "provided": "eu-west-1"}
        for slash in ("", "/"):  # the second makes its paths begin with two
            server = self.serve(LOOPBACK)
            said = self.run_python(BOTOCORE, AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://{server['imds']}/{slash}")
            self.assertRegex(said.pop("key"), "^ASIA")
            self.assertEqual(said, wanted)
        off = self.serve(LOOPBACK.replace("tokens: required", "enabled: false"))
        said = self.run_python(BOTOCORE, AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://{off['imds']}/")
        self.assertEqual(said, {"role": None, "key": None, "region": None, "provided": None})

    def test_botocore_finds_them_at_the_address_of_the_second_family(self):
        prefix = self.serve_at(AWS_IPV6_ADDRESS)
        said = json.loads(self.output_of([*prefix, "/usr/bin/python3", "-c", BOTOCORE],
                                         AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="IPv6"))
        self.assertEqual((said["role"], said["region"]), ("app", "eu-west-1"))


class Shell(understudy.TestCase):
    """What scripts do with curl."""

    def curl(self, server, target, *arguments, status=0):
        url = f"http://{server['imds']}{target}"
        done = subprocess.run(["curl", "-s", "--globoff", "--path-as-is", "-m", "5", *arguments, url], capture_output=True,
                              text=True, env=environment_of(self.folder, {}), timeout=understudy.PATIENCE)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def signed_in(self, server):
        token = self.curl(server, "/latest/api/token", "-f", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 900")
        self.assertEqual(len(token), 56)
        return "-H", f"X-aws-ec2-metadata-token: {token}"

    def test_a_token_and_reads_with_one_and_two_slashes(self):
        server = self.serve(LOOPBACK)
        token = self.signed_in(server)
        for target in ("/latest/meta-data/instance-id", "/latest//meta-data/instance-id", "//latest/meta-data/instance-id/"):
            self.assertEqual(self.curl(server, target, "-f", *token), "i-0123456789abcdef0")
        self.assertEqual(self.curl(server, "/latest/meta-data/spot/instance-action", "-f", *token, status=22), "")
        self.assertEqual(self.curl(server, "/latest/meta-data/instance-id", "-f", status=22), "")

    def test_answers_on_the_wire_have_an_instances_headers_and_no_others(self):
        server = self.serve(LOOPBACK)
        token = self.signed_in(server)
        common = {"content-type", "server", "date", "content-length", "x-aws-ec2-metadata-token-ttl-seconds"}
        for target, arguments, status, more in (
                ("/latest/meta-data/", token, 200, {"accept-ranges", "last-modified"}),
                ("/latest/meta-data/", ("-I", *token), 200, {"accept-ranges", "last-modified"}),
                ("/latest/meta-data/iam/info", ("--compressed", *token), 200, {"accept-ranges", "last-modified"}),
                ("/nowhere", token, 404, set()),
                ("/latest/", ("-X", "OPTIONS", *token), 200, {"allow"}),
                ("/latest/", ("-X", "DELETE", *token), 403, set())):
            head, *fields = self.curl(server, target, "-D", "-", "-o", "/dev/null", *arguments).splitlines()
            self.assertEqual(head.split()[:2], ["HTTP/1.1", str(status)], target)
            self.assertEqual({field.partition(":")[0].lower() for field in fields if field}, common | more, target)

    def test_a_head_tells_the_length_of_what_it_leaves_out(self):
        server = self.serve(LOOPBACK)
        token = self.signed_in(server)
        for target in ("/latest/user-data", "/latest/dynamic/instance-identity/document", "/nowhere"):
            length = len(self.curl(server, target, *token))
            self.assertIn(f"\nContent-Length: {length}\n", self.curl(server, target, "-I", *token), target)

    def test_a_server_at_the_second_familys_loopback_is_asked_by_aws_address(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError as error:
            self.skipTest(f"this machine has no IPv6: {error}")
        server = self.serve(CONFIG.replace("LISTEN", "[::1]:0"))
        token = self.signed_in(server)
        host = "-H", f"Host: [{AWS_IPV6_ADDRESS}]"
        self.assertEqual(self.curl(server, "/latest/meta-data/ipv6", *host, *token), "2001:db8::7")


understudy.main()
