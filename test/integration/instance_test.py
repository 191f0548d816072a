#!/usr/bin/python3
"""The pretended instance: what `understudy instance` prints is what the metadata service answers, path by path."""

import understudy
from understudy import BASE, request

INSTANCE = f"""region: eu-west-1
listen: {{imds: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base}}
imds:
  role: app
  tokens: optional
  paths: {{meta-data/kernel-id: aki-0123456789abcdef0, meta-data/system: null}}
  instance:
    public_ip: true
    ipv6: true
    interfaces: 2
    security_groups: [web, ssh]
    tags: {{Name: web}}
    public_keys: {{mine: ssh-ed25519 AAAA me}}
    user_data_file: USER_DATA
"""


def crawl(address, path):
    """Every leaf below `path`, as cloud-init walks: by the listings."""
    _, listing, _ = request(address, "GET", path)
    leaves = {}
    for name in listing.splitlines():
        if name.endswith("/"):
            leaves |= crawl(address, path + name)
        elif "=" in name:
            leaves |= crawl(address, path + name.partition("=")[0] + "/")
        else:
            status, text, _ = request(address, "GET", path + name)
            assert status == 200, (path + name, status)
            leaves[path + name] = text
    return leaves


class Instance(understudy.TestCase):
    def config(self):
        user_data = self.folder / "user-data"
        user_data.write_text("#!/bin/sh\necho hello\n")
        return INSTANCE.replace("USER_DATA", str(user_data))

    def printed(self, *arguments):
        """What the command prints, by path."""
        done = self.run_command("instance", "--config", self.write("instance.yaml", self.config()), *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        values = {}
        for line in done.stdout.splitlines():
            if line.startswith("  "):
                values[path].append(line[2:])
            else:
                path, _, text = (line[:-1], "", "") if line.endswith(":") else line.partition(": ")
                values[path] = [text] if text else []
        return {path: "\n".join(lines) for path, lines in values.items()}

    def test_what_is_printed_is_what_is_served(self):
        server = self.serve(self.config())
        served = crawl(server["imds"], "/latest/meta-data/")
        printed = self.printed("meta-data")
        self.assertEqual({"/latest/" + path for path in printed}, set(served))
        for path, text in printed.items():
            # The times of two starts differ, and credentials are not printed.
            if "info" not in path and "security-credentials" not in path:
                self.assertEqual(text, served["/latest/" + path].rstrip("\n"), path)

    def test_what_hangs_together_does(self):
        printed = self.printed()
        mac = printed["meta-data/mac"]
        first = f"meta-data/network/interfaces/macs/{mac}/"
        address = printed["meta-data/local-ipv4"]
        self.assertEqual(printed[first + "local-ipv4s"], address)
        self.assertEqual(printed["meta-data/local-hostname"], f"ip-{address.replace('.', '-')}.eu-west-1.compute.internal")
        public = printed["meta-data/public-ipv4"]
        self.assertEqual(printed[f"{first}ipv4-associations/{public}"], address)
        self.assertEqual(printed["meta-data/public-hostname"],
                         f"ec2-{public.replace('.', '-')}.eu-west-1.compute.amazonaws.com")
        self.assertEqual(printed["meta-data/kernel-id"], "aki-0123456789abcdef0")
        self.assertNotIn("meta-data/system", printed)
        self.assertEqual(len({path.split("/")[4] for path in printed if "/macs/" in path}), 2)

    def test_user_data_are_the_files(self):
        server = self.serve(self.config())
        status, text, headers = request(server["imds"], "GET", "/latest/user-data")
        self.assertEqual((status, text), (200, "#!/bin/sh\necho hello\n"))
        self.assertEqual(headers["Content-Type"], "application/octet-stream")

    def test_user_data_that_can_not_be_had_are_an_error_that_names_the_file(self):
        config = self.write("instance.yaml", INSTANCE.replace("USER_DATA", "/nowhere/user-data"))
        for command in (["serve"], ["instance"]):
            done = self.run_command(*command, "--config", config)
            self.assertEqual(done.returncode, 1)
            self.assertIn("/nowhere/user-data", done.stderr)

    def test_a_path_that_is_not_there_is_said_so(self):
        done = self.run_command("instance", "meta-data/spot")
        self.assertEqual(done.returncode, 1)
        self.assertIn("404", done.stderr)


understudy.main()
