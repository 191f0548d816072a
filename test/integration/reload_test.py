#!/usr/bin/python3
"""The configuration is read anew while clients go on: by SIGHUP, and when its file changes."""

import http.client
import json
import os
import pwd
import signal
import socket
import threading
import time
import unittest

import exposition
import understudy
from understudy import APP_ARN, AUDIT_ARN, BASE, PATIENCE, eventually, free_port, get, request

IS_ROOT = os.geteuid() == 0
NOBODY = 65534
APP = "/v2/credentials/app"
NOBODYS = 400  # what the containers listener says of an id that it does not have
ROLE = "/latest/meta-data/iam/security-credentials/app"
LISTEN = "imds: 127.0.0.1:0, containers: 127.0.0.1:0, admin: 127.0.0.1:0"


def configuration(folder, listen=LISTEN, roles="", credentials="", more="", app=APP_ARN):
    return f"""region: us-east-1
listen: {{{listen}}}
admin: {{token_file: {folder}/admin.token}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: "{app}", source: base}}
{roles}imds: {{role: app, tokens: optional}}
containers: {{credentials: {{app: {{role: app}}{credentials}}}}}
{more}"""


AUDIT = {"roles": f"  audit: {{assume_role: \"{AUDIT_ARN}\", source: base}}\n", "credentials": ", audit: {role: audit}"}


class Client(threading.Thread):
    """Asks without a pause over one connection, which is never opened anew."""

    def __init__(self, address, target):
        super().__init__()
        self.connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        self.connection.connect()
        self.connection.auto_open = 0
        self.target = target
        self.is_over = threading.Event()
        self.answers, self.failures = set(), []
        self.count = 0
        self.start()

    def run(self):
        try:
            while not self.is_over.is_set():
                self.connection.request("GET", self.target)
                answer = self.connection.getresponse()
                text = answer.read().decode()
                if answer.status != 200:
                    self.failures.append((answer.status, text))
                self.answers.add(text)
                self.count += 1
        except (OSError, http.client.HTTPException) as problem:
            self.failures.append(repr(problem))
        finally:
            self.connection.close()

    def end(self):
        self.is_over.set()
        self.join()
        understudy.HANDED_OUT.update(*(understudy.secrecy.in_text(text) for text in self.answers))


class Reload(understudy.TestCase):
    def served(self, text, *flags, **environment):
        """A server whose configuration is self.file."""
        self.file = self.write("etc/understudy.yaml", text)
        folder = self.folder / "run"
        folder.mkdir(exist_ok=True)
        (folder / "ready.json").unlink(missing_ok=True)
        server = understudy.Server([understudy.BINARY, "serve", "--config", str(self.file), "--log-level", "debug", *flags],
                                   understudy.environment_of(self.folder, environment), folder)
        self.ready = folder / "ready.json"
        self.watch(server.log)
        self.addCleanup(server.stop)
        return server

    def admin(self, server, target):
        token = (self.folder / "admin.token").read_text()
        status, text = get(server["admin"], target, {"Authorization": f"Bearer {token}"})
        self.assertEqual(status, 200, text)
        return text

    def metric(self, server, name, **labels):
        return exposition.read(self.admin(server, "/metrics"))[name][frozenset(labels.items())]

    def reloads(self, server):
        return [self.metric(server, "understudy_config_reloads_total", outcome=outcome) for outcome in ("served", "refused")]

    def hang_up(self, server, outcome="served"):
        """SIGHUP, until what became of it is told."""
        before = self.metric(server, "understudy_config_reloads_total", outcome=outcome)
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.metric(server, "understudy_config_reloads_total", outcome=outcome) > before,
                   f"no reload is {outcome}:\n{server.log()}")

    def change(self, server, text, outcome="served"):
        self.file.write_text(text)
        self.hang_up(server, outcome)
        server.listeners = json.loads(self.ready.read_text())["listeners"]

    def status(self, server):
        done = self.run_command("status", "--admin", server["admin"], "--admin-token-file", self.folder / "admin.token")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Hup(Reload):
    def test_clients_notice_nothing_of_many_reloads(self):
        plain, more = configuration(self.folder), configuration(self.folder, **AUDIT)
        server = self.served(plain, "--no-watch")
        listeners = dict(server.listeners)
        clients = [Client(server["containers"], APP), Client(server["imds"], ROLE), Client(server["containers"], APP)]
        for text in [more, plain] * 10:
            before = [client.count for client in clients]
            self.change(server, text)
            eventually(lambda: all(client.count > count for client, count in zip(clients, before)), "no client goes on")
        for client in clients:
            client.end()
        self.assertEqual([client.failures for client in clients], [[], [], []])
        self.assertEqual([len(client.answers) for client in clients], [1, 1, 1], "the role was fetched anew")
        self.assertEqual(server.listeners, listeners)
        self.assertEqual(self.reloads(server), [20, 0])

    def test_a_role_that_is_added_is_there_and_one_that_is_removed_is_not(self):
        server = self.served(configuration(self.folder), "--no-watch")
        first = self.credentials(server["containers"], APP)
        self.assertEqual(get(server["containers"], "/v2/credentials/audit")[0], NOBODYS)
        self.change(server, configuration(self.folder, **AUDIT))
        self.assertEqual(self.credentials(server["containers"], "/v2/credentials/audit")["RoleArn"], AUDIT_ARN)
        self.assertEqual(self.credentials(server["containers"], APP), first)
        self.change(server, configuration(self.folder))
        self.assertEqual(get(server["containers"], "/v2/credentials/audit")[0], NOBODYS)

    def test_a_role_that_is_changed_is_fetched_anew(self):
        server = self.served(configuration(self.folder), "--no-watch")
        first = self.credentials(server["containers"], APP)
        self.change(server, configuration(self.folder, app="arn:aws:iam::111122223333:role/other"))
        second = self.credentials(server["containers"], APP)
        self.assertEqual(second["RoleArn"], "arn:aws:iam::111122223333:role/other")
        self.assertNotEqual(first["AccessKeyId"], second["AccessKeyId"])

    def test_a_metadata_token_stays_good(self):
        server = self.served(configuration(self.folder).replace("optional", "required"), "--no-watch")
        token = self.imds_token(server["imds"])
        self.change(server, configuration(self.folder, **AUDIT).replace("optional", "required"))
        self.assertEqual(get(server["imds"], ROLE, token)[0], 200)
        self.assertEqual(get(server["imds"], ROLE)[0], 401)

    def test_a_broken_configuration_is_refused_as_a_whole(self):
        server = self.served(configuration(self.folder), "--no-watch")
        kept = self.credentials(server["containers"], APP)
        self.assertEqual(self.metric(server, "understudy_config_current"), 1)
        self.change(server, configuration(self.folder, **AUDIT) + "imsd: {}\nregoin: x\n", outcome="refused")
        log = server.log()
        self.assertIn(f"{self.file}:11: imsd: ", log)
        self.assertIn(f"{self.file}:12: regoin: ", log)
        self.assertEqual(get(server["containers"], "/v2/credentials/audit")[0], NOBODYS)
        self.assertEqual(self.credentials(server["containers"], APP), kept)
        self.assertEqual(self.metric(server, "understudy_config_current"), 0)
        self.assertEqual(self.reloads(server), [0, 1])
        self.assertIn("understudy.yaml:11: imsd: ", self.status(server))
        self.change(server, configuration(self.folder))
        self.assertEqual(self.metric(server, "understudy_config_current"), 1)

    def test_what_is_played_goes_on_where_it_can(self):
        server = self.served(configuration(self.folder), "--no-watch")

        def play(*words):
            done = self.run_command("play", "--admin", server["admin"], "--admin-token-file", self.folder / "admin.token",
                                    *words)
            self.assertEqual(done.returncode, 0, done.stderr)

        def action():
            return get(server["imds"], "/latest/meta-data/spot/instance-action")[0]

        play("spot_interruption")
        play("deny", "app")
        self.assertEqual(action(), 200)
        self.change(server, configuration(self.folder, **AUDIT))
        self.assertEqual(action(), 200)
        self.assertEqual(get(server["containers"], APP)[0], 403)
        self.change(server, configuration(self.folder, more="events: [{after: 1h, rebalance: true}]\n"))
        self.assertEqual(action(), 404)
        self.credentials(server["containers"], APP)

    def test_a_configuration_from_a_pipe_is_not_read_again(self):
        reader, writer = os.pipe()
        os.write(writer, configuration(self.folder).encode())
        os.close(writer)
        folder = self.folder / "run"
        folder.mkdir()
        server = understudy.Server([understudy.BINARY, "serve", "--config", f"/dev/fd/{reader}"],
                                   understudy.environment_of(self.folder, {}), folder, pass_fds=[reader])
        os.close(reader)
        self.addCleanup(server.stop)
        self.watch(server.log)
        self.hang_up(server, "refused")
        self.assert_logged(server, "start understudy anew")
        self.credentials(server["containers"], APP)


class Listeners(Reload):
    def test_listeners_move_and_come_and_go(self):
        first, second = free_port(), free_port()
        rest = "imds: 127.0.0.1:0, admin: 127.0.0.1:0"
        server = self.served(configuration(self.folder, f"{rest}, containers: 127.0.0.1:{first}"), "--no-watch")
        kept = dict(server.listeners)
        self.change(server, configuration(self.folder, f"{rest}, containers: 127.0.0.1:{second}"))
        self.assertEqual(server.listeners, {**kept, "containers": f"127.0.0.1:{second}"})
        self.credentials(server["containers"], APP)
        with self.assertRaises(ConnectionRefusedError):
            get(f"127.0.0.1:{first}", APP)
        self.change(server, configuration(self.folder, f"{rest}, sts: 127.0.0.1:0"))
        self.assertEqual(sorted(server.listeners), ["admin", "imds", "sts"])
        with self.assertRaises(ConnectionRefusedError):
            get(f"127.0.0.1:{second}", APP)
        self.assertEqual(get(server["sts"], "/")[0], 400)

    def test_a_request_under_way_on_a_listener_that_moves_is_answered(self):
        first = free_port()
        rest = "imds: 127.0.0.1:0, admin: 127.0.0.1:0"
        server = self.served(configuration(self.folder, f"{rest}, containers: 127.0.0.1:{first}"), "--no-watch")
        with understudy.connect(f"127.0.0.1:{first}") as client:
            client.sendall(f"GET {APP} HTTP/1.1\r\nHost: localhost\r\n".encode())
            # Its bytes are read by now, or the next request on that connection's thread would not be answered.
            get(f"127.0.0.1:{first}", APP)
            self.change(server, configuration(self.folder, f"{rest}, containers: 127.0.0.1:0"))
            client.sendall(b"\r\n")
            answer = http.client.HTTPResponse(client)
            answer.begin()
            understudy.HANDED_OUT.update(understudy.secrecy.in_text(answer.read().decode()))
            self.assertEqual((answer.status, answer.headers["Connection"]), (200, "close"))

    def test_a_listener_opens_to_every_address_and_back_on_its_port(self):
        port = free_port()
        rest = "imds: 127.0.0.1:0, admin: 127.0.0.1:0"
        server = self.served(configuration(self.folder, f"{rest}, containers: 127.0.0.1:{port}"), "--no-watch")
        for address in ("0.0.0.0", "127.0.0.1"):
            self.change(server, configuration(self.folder, f"{rest}, containers: {address}:{port}"))
            self.assertEqual(server["containers"], f"{address}:{port}")
            self.credentials(f"127.0.0.1:{port}", APP)

    def test_two_listeners_change_places(self):
        ports = free_port(), free_port()
        texts = [configuration(self.folder, f"imds: 127.0.0.1:{one}, containers: 127.0.0.1:{other}, admin: 127.0.0.1:0")
                 for one, other in (ports, reversed(ports))]
        server = self.served(texts[0], "--no-watch")
        for text in (texts[1], texts[0]):
            self.change(server, text)
            self.credentials(server["containers"], APP)
            self.credentials(server["imds"], ROLE)

    def test_a_port_that_another_has_leaves_all_as_it_was(self):
        server = self.served(configuration(self.folder), "--no-watch")
        listeners = dict(server.listeners)
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = "127.0.0.1:{}".format(other.getsockname()[1])
            self.change(server, configuration(self.folder, f"{LISTEN}, sts: {taken}", **AUDIT), outcome="refused")
        self.assert_logged(server, f"sts can not listen on {taken}")
        self.assertEqual(get(server["containers"], "/v2/credentials/audit")[0], NOBODYS)
        self.credentials(server["containers"], APP)
        self.assertEqual(server.listeners, listeners)

    @unittest.skipUnless(IS_ROOT, "only root can become another")
    def test_who_is_root_no_more_says_so(self):
        run = self.folder / "run"
        run.mkdir()
        for folder in (self.folder, run):
            os.chown(folder, NOBODY, NOBODY)
        user = pwd.getpwuid(NOBODY).pw_name
        text = configuration(self.folder, more=f"process: {{user: {user}}}\n")
        self.file = self.write("etc/understudy.yaml", text, mode=0o644)
        server = self.served(text, "--no-watch")
        self.file.chmod(0o644)
        self.hang_up(server)
        self.change(server, text.replace(LISTEN, f"{LISTEN}, sts: 127.0.0.1:79"), outcome="refused")
        self.assert_logged(server, f"this process was root until it became {user}")
        port = server["containers"].rpartition(":")[2]
        self.change(server, text.replace("containers: 127.0.0.1:0", f"containers: 0.0.0.0:{port}"), outcome="refused")
        self.assert_logged(server, "if it is a listener of its own that has the port")
        (self.folder / "roots").mkdir(mode=0o755)
        self.change(server, text.replace("containers: 127.0.0.1:0", f"containers: unix:{self.folder}/roots/s"), outcome="refused")
        self.assert_logged(server, "roots/s: Permission denied; choose a path in a folder that this user may write\n")


class Files(Reload):
    def waits_for_audit(self, server):
        eventually(lambda: get(server["containers"], "/v2/credentials/audit")[0] == 200, server.log())

    def test_a_file_that_is_written_in_place_is_read_anew(self):
        server = self.served(configuration(self.folder))
        self.file.write_text(configuration(self.folder, **AUDIT))
        self.waits_for_audit(server)
        eventually(lambda: self.reloads(server) == [1, 0], server.log())

    def test_a_file_that_takes_its_place_is_read_anew(self):
        server = self.served(configuration(self.folder))
        self.write("etc/.understudy.yaml.swp", configuration(self.folder, **AUDIT)).rename(self.file)
        self.waits_for_audit(server)

    def test_a_config_map_is_read_anew(self):
        def publish(name, text):
            """As kubelet does: a new folder, and one rename of the link that leads to it."""
            self.write(f"map/{name}/understudy.yaml", text)
            (self.folder / "map/..data_tmp").symlink_to(name)
            (self.folder / "map/..data_tmp").rename(self.folder / "map/..data")

        publish("..1", configuration(self.folder))
        (self.folder / "map/understudy.yaml").symlink_to("..data/understudy.yaml")
        (self.folder / "etc").mkdir()
        (self.folder / "etc/understudy.yaml").symlink_to(self.folder / "map/understudy.yaml")
        server = self.served(configuration(self.folder))
        publish("..2", configuration(self.folder, **AUDIT))
        self.waits_for_audit(server)
        publish("..3", configuration(self.folder))
        eventually(lambda: get(server["containers"], "/v2/credentials/audit")[0] == NOBODYS, server.log())

    def test_a_token_that_is_written_anew_is_the_one_that_counts(self):
        tokens = [self.write("tokens/app", "first"), self.write("admin.token", "operator-1")]
        text = configuration(self.folder).replace("app: {role: app}", f"app: {{role: app, token_file: {tokens[0]}}}")
        server = self.served(text)
        answers = lambda *words: [get(server["containers"], APP, {"Authorization": word})[0] for word in words]
        self.assertEqual(answers("first", "second"), [200, 401])
        for old, new in (("first", "second"), ("second", "third")):
            self.write("tokens/.new", new).rename(tokens[0])
            eventually(lambda: answers(old, new) == [401, 200], server.log())
        tokens[1].write_text("operator-2")
        eventually(lambda: get(server["admin"], "/metrics", {"Authorization": "Bearer operator-2"})[0] == 200, server.log())
        eventually(lambda: self.reloads(server) == [3, 0], server.log())
        tokens[0].write_text("ends with a newline\n")
        eventually(lambda: self.reloads(server) == [3, 1], server.log())
        self.assertEqual(answers("third"), [200])

    def test_a_token_that_was_why_it_was_refused_is_looked_at_until_it_is_good(self):
        token = self.write("tokens/app", "ends with a newline\n")
        server = self.served(configuration(self.folder))
        self.file.write_text(configuration(self.folder).replace("app: {role: app}", f"app: {{role: app, token_file: {token}}}"))
        eventually(lambda: self.reloads(server) == [0, 1], server.log())
        token.write_text("good")
        eventually(lambda: get(server["containers"], APP)[0] == 401, server.log())
        self.assertEqual(get(server["containers"], APP, {"Authorization": "good"})[0], 200)

    def test_a_token_that_the_start_makes_is_no_change(self):
        server = self.served(configuration(self.folder).replace("app: {role: app}", f"app: {{role: app, token_file: {self.folder}/t}}"))
        token = (self.folder / "t").read_text()
        self.assertEqual(get(server["containers"], APP, {"Authorization": token})[0], 200)
        time.sleep(0.5)  # Five times as long as a change takes to settle.
        self.assertEqual(self.reloads(server), [0, 0])

    def test_a_broken_file_is_told_and_the_next_good_one_is_served(self):
        server = self.served(configuration(self.folder))
        self.file.write_text("imsd: {}\n")
        eventually(lambda: self.reloads(server) == [0, 1], server.log())
        self.credentials(server["containers"], APP)
        self.file.write_text(configuration(self.folder, **AUDIT))
        self.waits_for_audit(server)

    def test_who_is_told_not_to_watch_does_not(self):
        for text, flags in ((configuration(self.folder), ["--no-watch"]), (configuration(self.folder, more="watch: false\n"), [])):
            server = self.served(text, *flags)
            self.file.write_text(configuration(self.folder, **AUDIT))
            time.sleep(0.5)  # Five times as long as a change takes to settle.
            self.assertEqual(self.reloads(server), [0, 0])
            self.hang_up(server)
            self.waits_for_audit(server)


if __name__ == "__main__":
    understudy.main()
