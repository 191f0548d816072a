#!/usr/bin/python3
"""Has botocore play chains of profiles, and compares where it asks STS, and for which region it signs, with understudy.

    sts_endpoints_differential.py PEER

PEER is the program profiles_peer. Ends with 77 (skipped) where botocore is not installed.

Every combination of what a profile says about STS is played, over a second role whose profile says something else: that
must not count. No request leaves botocore; each is answered where it would be sent.
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import botocore.session
    from botocore.awsrequest import AWSResponse
except ImportError:
    print("botocore is not installed (Debian: python3-botocore)")
    sys.exit(77)

# Older releases know no dual stack of other partitions.
REGIONS = ["us-east-1", "eu-west-1", "eu-south-1", "cn-north-1", "us-gov-west-1"]
SWITCH = ["", "true"]
# One word of every setting. The default of sts_regional_endpoints is legacy in older releases, so it is always said.
SETTINGS = {"region": REGIONS, "use_fips_endpoint": SWITCH, "use_dualstack_endpoint": SWITCH,
            "sts_regional_endpoints": ["legacy", "regional"]}
REST = """[profile middle]
role_arn = arn:aws:iam::111122223333:role/middle
source_profile = keys
region = ap-south-1
sts_regional_endpoints = regional
[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
use_fips_endpoint = true
"""
ANSWER = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


class Raw:
    """The body of an answer as botocore reads it."""

    def stream(self):
        return [ANSWER]


def profile_of(name, said):
    lines = [f"{key} = {value}\n" for key, value in said.items() if value]
    return f"[profile {name}]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = middle\n" + "".join(lines)


def we_ask(peer, config, names):
    lines = "".join(json.dumps({"config": config, "credentials": None, "profile": name}) + "\n" for name in names)
    done = subprocess.run([peer], input=lines, capture_output=True, text=True, check=True, timeout=100)
    answers = [json.loads(line)["sts"] for line in done.stdout.splitlines()]
    assert len(answers) == len(names), "the peer answered %d of %d" % (len(answers), len(names))
    return answers


def they_ask(file, name, loader):
    """Where botocore sends each of the two calls, and the region that it signs for."""
    asked = []

    def answer(request, **_):
        scope = request.headers["Authorization"].decode().split("Credential=")[1].split("/")
        asked.append(f"{request.url} {scope[2]}")
        return AWSResponse(request.url, 200, {}, Raw())

    session = botocore.session.Session(profile=name)
    session.set_config_variable("config_file", str(file))
    session.register_component("data_loader", loader)
    session.register("before-send.sts", answer)
    session.get_credentials().get_frozen_credentials()
    return asked


def main():
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    rows = {f"a{number}": dict(zip(SETTINGS, words)) for number, words in enumerate(itertools.product(*SETTINGS.values()))}
    config = REST + "".join(profile_of(name, said) for name, said in rows.items())
    loader = botocore.session.Session().get_component("data_loader")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="understudy-endpoints-") as folder:
        file = Path(folder, "config")
        file.write_text(config)
        for (name, said), ours in zip(rows.items(), we_ask(sys.argv[1], config, list(rows))):
            theirs = they_ask(file, name, loader)
            if theirs != [ours, ours]:
                failed += 1
                print("of %r\n  we ask %s\n  botocore asks %s" % (said, ours, theirs))
    print("%d passed, %d failed" % (len(rows) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
