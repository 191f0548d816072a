#!/usr/bin/python3
"""`understudy link-local` on a loopback interface of the test's own: what it puts there, what it leaves alone, and an
unmodified client that finds the instance's metadata there."""

import json
import subprocess

import understudy
from crawlers import Namespace, why_not
from understudy import BASE, PATIENCE, environment_of

CONFIG = f"""region: us-east-1
listen: {{imds: "169.254.169.254:80"}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base}}
imds: {{role: app, tokens: required}}
"""
# botocore's own way to an instance's credentials, with nothing that tells it where.
CLIENT = """
import botocore.session
credentials = botocore.session.Session().get_credentials()
print(credentials.method, credentials.get_frozen_credentials().access_key[:4])
"""
IPV4 = ["169.254.169.254", "169.254.170.2", "169.254.170.23"]
IPV6 = ["fd00:ec2::23", "fd00:ec2::254"]


class LinkLocal(understudy.TestCase):
    def setUp(self):
        super().setUp()
        if reason := why_not():
            self.skipTest(reason)
        self.prefix = self.enterContext(Namespace([]))

    def run_there(self, *command, **variables):
        return subprocess.run([*self.prefix, *command], env=environment_of(self.folder, variables), capture_output=True,
                              text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)

    def link_local(self, *arguments, status=0):
        done = self.run_there(understudy.BINARY, "link-local", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def ip(self, *arguments):
        done = self.run_there("/usr/bin/env", "PATH=/usr/sbin:/sbin:/usr/bin", "ip", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def addresses(self, interface="lo"):
        entry, = json.loads(self.ip("-json", "addr", "show", "dev", interface))
        return {(one["local"], one["prefixlen"]) for one in entry["addr_info"]} - {("127.0.0.1", 8), ("::1", 128)}

    def test_up_puts_them_there_and_down_takes_them_away(self):
        self.assertIn("169.254.170.2     ECS                    not on this host\n", self.link_local())
        self.assertEqual(self.link_local("up").count("put on this host: 169.254."), 3)
        self.assertEqual(self.addresses(), {(one, 32) for one in IPV4})
        self.assertIn("they are on this host already", self.link_local("up"))
        self.assertEqual(self.link_local().count("on this host, by understudy"), 3)
        self.assertEqual(self.link_local("down").count("taken from this host: "), 3)
        self.assertEqual(self.addresses(), set())
        self.assertIn("understudy has put none", self.link_local("down"))

    def test_those_of_ipv6_come_when_they_are_asked_for(self):
        with open("/proc/net/if_inet6", encoding="ascii") as interfaces:
            if not interfaces.read():
                self.skipTest("this machine has no IPv6")
        self.link_local("up")
        self.assertEqual(self.link_local("up", "--ipv6").count("put on this host: fd00:ec2::"), 2)
        self.assertEqual(self.addresses(), {(one, 32) for one in IPV4} | {(one, 128) for one in IPV6})
        self.assertEqual(self.link_local("down").count("taken from this host: "), 5)
        self.assertEqual(self.addresses(), set())

    def test_what_another_interface_has_is_refused_and_stays(self):
        self.ip("link", "add", "eth9", "type", "veth", "peer", "name", "far9")
        self.ip("addr", "add", "169.254.170.2/32", "dev", "eth9")
        told = self.link_local("up", status=1)
        self.assertIn("169.254.170.2 is taken by interface eth9, as on", told)
        self.assertIn("Nothing was changed", told)
        self.assertEqual(self.addresses(), set())
        self.assertEqual(self.link_local("up", "--force").count("put on this host"), 3)
        self.link_local("down")
        self.assertEqual((self.addresses(), self.addresses("eth9")), (set(), {("169.254.170.2", 32)}))

    def test_what_was_put_there_by_hand_is_there_already_and_stays(self):
        self.ip("addr", "add", "169.254.170.2/32", "dev", "lo")
        self.assertIn("169.254.170.2     ECS                    on this host (it is on lo without understudy's mark: sudo ip "
                      "address del 169.254.170.2/32 dev lo takes it away)\n", self.link_local())
        self.assertEqual(self.link_local("up").count("put on this host"), 2)
        self.link_local("down")
        self.assertEqual(self.addresses(), {("169.254.170.2", 32)})
        self.ip("address", "del", "169.254.170.2/32", "dev", "lo")
        self.assertEqual(self.addresses(), set())

    def test_an_instance_of_ec2_is_seen_by_its_route(self):
        self.ip("link", "add", "eth9", "type", "veth", "peer", "name", "far9")
        self.ip("link", "set", "eth9", "up")
        self.ip("addr", "add", "10.0.12.7/24", "dev", "eth9")
        self.ip("route", "add", "169.254.169.254", "dev", "eth9")
        self.assertIn("169.254.169.254 is taken by a route of its own, by interface eth9", self.link_local("up", status=1))
        self.assertEqual(self.addresses(), set())

    def test_somebody_who_answers_is_seen(self):
        # As if it were somebody else's: away from this namespace's loopback interface, yet it answers.
        self.ip("route", "add", "local", "169.254.169.254", "dev", "lo")
        self.serve(CONFIG, prefix=self.prefix)
        self.assertIn("169.254.169.254 is taken by somebody who answers there (HTTP status ", self.link_local("up", status=1))

    def test_without_the_right_to_do_it_the_reason_says_what_it_takes(self):
        done = self.run_there("/usr/bin/setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin",
                              understudy.BINARY, "link-local", "up")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Operation not permitted. It takes ip (of iproute2), and root or CAP_NET_ADMIN", done.stderr)
        self.assertEqual(self.addresses(), set())

    def test_a_client_with_no_variable_at_all_finds_the_role(self):
        self.link_local("up")
        self.serve(CONFIG, prefix=self.prefix)
        done = self.run_there("/usr/bin/python3", "-c", CLIENT)
        if "No module named 'botocore'" in done.stderr:
            self.skipTest("botocore is not installed (Debian: python3-botocore)")
        self.assertEqual(done.stdout, "iam-role ASIA\n", done.stderr)
        self.assertEqual(self.link_local().count("on this host, by understudy"), 3)


understudy.main()
