#!/usr/bin/python3
"""Who reaches a server at the link-local addresses of its host: the host and its containers, and no neighbour of the host.

The host is a network namespace with a bridge, on which a container is, and with a macvlan, whose other side is the
neighbour: of what can be made everywhere that is what a card is to the server.
"""

import json
import signal
import subprocess
from pathlib import Path

import exposition
import understudy
from crawlers import Namespace, why_not
from understudy import BASE, PATIENCE, environment_of, eventually

IMDS, CONTAINERS = "169.254.169.254", "fd00:ec2::23"
CARD = ("10.61.0.1", "fd61::1")  # the host's addresses there
INSTANCE, HEALTH = "/latest/meta-data/instance-id", "/healthz"
CLOSED = "closed"
CLIENT = """
import http.client, json, sys
host, target, headers = sys.argv[1:]
connection = http.client.HTTPConnection(host, 80, timeout=20)
connection.connect()
try:
    connection.request("GET", target, headers=json.loads(headers))
    answer = connection.getresponse()
    print(json.dumps([answer.status, answer.read().decode()]))
except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
    print(json.dumps(["closed", ""]))
"""


def configuration(folder, imds=IMDS, more=""):
    return f"""region: us-east-1
listen: {{imds: "{imds}:80", containers: "[{CONTAINERS}]:80", admin: "127.0.0.1:80"}}
admin: {{token_file: {folder}/admin.token}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base}}
imds: {{role: app, tokens: optional}}
containers: {{credentials: {{app: {{role: app}}}}}}
{more}"""


class Neighbours(understudy.TestCase):
    def setUp(self):
        super().setUp()
        with open("/proc/net/if_inet6", encoding="ascii") as interfaces:
            reason = why_not() or ("" if interfaces.read() else "this machine has no IPv6")
        if reason:
            self.skipTest(reason)
        self.host = self.enterContext(Namespace([IMDS, CONTAINERS]))
        self.container = self.beside("eth0", "pod0")
        self.ip(self.host, "link add docker0 type bridge", "link set pod0 master docker0", "link set pod0 up")
        self.give(self.host, "docker0", "10.62.0.1", "fd62::1")
        self.give(self.container, "eth0", "10.62.0.2", "fd62::2", via=("10.62.0.1", "fd62::1"))
        self.neighbour = self.beside("lan0", "card0")
        try:
            # Else it would answer for the macvlan's address, too, and packets would come in by it.
            self.ip(self.host, "link set card0 arp off up", "link add link card0 name eth9 type macvlan")
        except AssertionError as problem:
            self.skipTest(f"no macvlan can be made here: {problem}")
        self.give(self.host, "eth9", *CARD)
        self.give(self.neighbour, "lan0", "10.61.0.2", "fd61::2", via=CARD)

    def beside(self, inner, outer):
        """A namespace whose interface `inner` is joined to `outer` of the host."""
        made = Namespace([], within=self.host)
        prefix = self.enterContext(made)
        self.ip(self.host, f"link add {outer} type veth peer name {inner} netns {made.pid}")
        return prefix

    def ip(self, prefix, *lines):
        done = subprocess.run([*prefix, "/usr/bin/env", "PATH=/usr/sbin:/sbin:/usr/bin", "ip", "-batch", "-"],
                              input="\n".join(lines), capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def give(self, prefix, name, v4, v6, via=None):
        self.ip(prefix, f"addr add {v4}/24 dev {name}", f"addr add {v6}/64 dev {name} nodad", f"link set {name} up")
        if via:
            self.ip(prefix, f"route add 169.254.0.0/16 via {via[0]}", f"route add fd00:ec2::/32 via {via[1]}")

    def ask(self, prefix, host, target, **headers):
        done = subprocess.run([*prefix, "/usr/bin/python3", "-c", CLIENT, host, target, json.dumps(headers)],
                              env=environment_of(self.folder, {}), capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def who(self, prefix):
        """What one gets at the address of IPv4 and at that of IPv6."""
        return self.ask(prefix, IMDS, INSTANCE)[0], self.ask(prefix, CONTAINERS, HEALTH)[0]

    def turned_away(self):
        token = (self.folder / "admin.token").read_text()
        status, text = self.ask(self.host, "127.0.0.1", "/metrics", Authorization=f"Bearer {token}")
        self.assertEqual(status, 200, text)
        samples = exposition.read(text)["understudy_refused_requests_total"]
        return [samples[frozenset({("endpoint", one), ("reason", "outside")})] for one in ("imds", "containers")]

    def test_this_host_and_its_containers_are_served_and_a_neighbour_is_not(self):
        server = self.serve(configuration(self.folder), prefix=self.host)
        self.assertEqual(self.who(self.host), (200, 200))
        self.assertEqual(self.who(self.container), (200, 200))
        self.assertEqual(self.turned_away(), [0, 0])
        self.assertEqual(self.who(self.neighbour), (CLOSED, CLOSED))
        self.assertEqual(self.who(self.neighbour), (CLOSED, CLOSED))
        self.assertEqual(self.turned_away(), [2, 2])
        self.assertIn("imds: a connection from 10.61.0.2 is closed unasked: it came in by eth9, which may reach outside this "
                      "host, and link-local addresses are for this host and its containers; link_local: {interfaces: [eth9]} "
                      "lets in whoever comes by it", server.log())
        self.assertLessEqual(server.log().count("closed unasked"), 4)
        self.assertEqual(self.who(self.container), (200, 200))

    def test_an_interface_that_is_named_may_as_soon_as_the_configuration_is_read_anew(self):
        named = configuration(self.folder, more="link_local: {interfaces: [wg0, eth9]}\n")
        server = self.serve(named, "--no-watch", prefix=self.host)
        self.assertEqual(self.who(self.neighbour), (200, 200))
        file = Path(server.process.args[server.process.args.index("--config") + 1])
        for text, answer in ((configuration(self.folder), CLOSED), (named, 200)):
            file.write_text(text)
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: self.who(self.neighbour) == (answer, answer), f"no {answer}:\n{server.log()}")
            self.assertEqual(self.who(self.container), (200, 200))

    def test_a_bridge_is_of_this_host_as_long_as_nothing_in_it_leads_outside(self):
        self.serve(configuration(self.folder), prefix=self.host)
        self.assertEqual(self.who(self.container), (200, 200))
        self.ip(self.host, "link add vx0 type vxlan id 5 dstport 4789 remote 10.61.0.2", "link set vx0 master docker0")
        self.assertEqual(self.who(self.container), (CLOSED, CLOSED))
        self.assertEqual(self.who(self.host), (200, 200))
        self.ip(self.host, "link del vx0")
        self.assertEqual(self.who(self.container), (200, 200))

    def test_an_address_on_the_way_outside_is_there_for_everybody_and_so_is_one_that_is_not_link_local(self):
        own = "169.254.170.2"
        self.ip(self.host, f"addr add {own}/32 dev eth9")
        for address in (own, CARD[0], "0.0.0.0"):
            with self.subTest(address):
                server = self.serve(configuration(self.folder, imds=address).replace("127.0.0.1:80", "127.0.0.1:81"),
                                    prefix=self.host)
                reached = CARD[0] if address == "0.0.0.0" else address
                self.assertEqual(self.ask(self.neighbour, reached, INSTANCE)[0], 200)
                self.assertEqual(self.ask(self.neighbour, CONTAINERS, HEALTH)[0], CLOSED)
                server.stop()


understudy.main()
