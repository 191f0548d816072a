#!/usr/bin/python3
"""Signs random requests with understudy's signer and with botocore's, and compares every step.

    sigv4_differential.py PEER [SEED]

PEER is the program sigv4_peer. The seed is printed; give it again to see a failure again. Ends with 77 (skipped) where
botocore is not installed.

Compared: canonical request, string to sign, signature, the Authorization header, and that our own reader and verifier
come to the same signature. Where botocore leaves the specification, it is given what the specification says, and the
difference is checked by itself (see `known_differences`):

- It takes a query as it is written; the specification decodes each name and value and encodes it again.
- When it presigns, it keeps one of several parameters of one name and reads bytes that are no UTF-8 as U+FFFD. Such a
  request is then compared from the finished target on.
- It folds every Unicode blank (U+00A0, U+3000, ..) in header values; the specification speaks of spaces.
- It leaves an old X-Amz-Security-Token in place where the credentials have none any more.
- Its list of headers that are never signed has three names; ours is the longer one of the AWS CRT.
"""

import json
import random
import subprocess
import sys
from urllib.parse import quote, unquote_to_bytes

try:
    from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    print("botocore is not installed (Debian: python3-botocore)")
    sys.exit(77)

COUNT = 4000
NEVER_SIGNED = {"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
                "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"}
LETTERS = "abcXYZ019"
PLAIN = LETTERS + "-._~"
ODD = "!$'()*,;:@|^`{}<>\"\\[]"
UNICODE = "äßéŁ中文🎭٣"
# What Python's own URL functions would take as something else stays out of raw targets.
PATH_PIECES = [*PLAIN, *UNICODE, *"!$'()*,;:@=&+", "%41", "%2F", "%2f", "%20", "%3A", "%", "%zz", "/", "//", "/./",
               "/../", "..", "."]
QUERY_PIECES = [*PLAIN, *UNICODE, *"!$'()*,;:@/", "+", "%20", "%2B", "%26", "%3D", "%C3%A4", "%e4%b8%ad", "%41", "%7E",
                "%", "%zz", "="]
HEADER_PIECES = [*PLAIN, *UNICODE, *ODD, " ", "  ", "   ", "\t", " \t ", "\r\n ", "\"a  b\"", ",", "a, b"]
HEADER_NAMES = ["X-Amz-Target", "Content-Type", "x-amz-meta", "X-AMZ-Content", "Accept", "My-Header1", "my-header-10",
                "my-header_2", "Cache-Control", "Range", "a"]


class S3PathAuth(SigV4Auth):
    """The signer as it is, with S3's rule for paths alone."""

    _normalize_url_path = S3SigV4Auth._normalize_url_path


def to_wire(text):
    """Bytes as JSON carries them to the peer: one code point a byte."""
    return text.encode("utf-8").decode("latin-1")


def from_wire(text):
    return text.encode("latin-1").decode("utf-8")


def text_of(rng, pieces, most):
    return "".join(rng.choice(pieces) for _ in range(rng.randint(0, most)))


def random_query(rng):
    parts = []
    for _ in range(rng.randint(0, 6)):
        name = text_of(rng, [p for p in QUERY_PIECES if p != "="], 4)
        parts.append(name + rng.choice(["=" + text_of(rng, QUERY_PIECES, 6), "=", ""]))
    if parts and rng.random() < 0.4:
        name = rng.choice(parts).partition("=")[0]
        parts.append(name + "=" + text_of(rng, QUERY_PIECES, 3))
    return "&".join(parts)


def random_headers(rng):
    headers = [["Host", rng.choice(["sts.amazonaws.com", "sts.us-east-1.amazonaws.com", "localhost:1341", "[::1]:8080"])]]
    for _ in range(rng.randint(0, 5)):
        name = rng.choice(HEADER_NAMES)
        headers.append([rng.choice([name, name.lower(), name.upper()]), text_of(rng, HEADER_PIECES, 8)])
    if rng.random() < 0.3:
        headers.append([rng.choice(sorted(NEVER_SIGNED)), "anything"])
    rng.shuffle(headers)
    return headers


def random_question(rng):
    service = rng.choice(["sts", "sts", "iam", "execute-api", "s3"])
    path = "/" + text_of(rng, PATH_PIECES, 10)
    if service != "s3" and rng.random() < 0.05:
        path = ""
    query = random_query(rng)
    question = {
        "method": rng.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
        "target": path + rng.choice(["", "?"]) if query == "" and path else path + "?" + query,
        "headers": random_headers(rng),
        "body": rng.choice(["", "Action=GetCallerIdentity&Version=2011-06-15", text_of(rng, UNICODE + LETTERS, 40)]),
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "".join(rng.choice(LETTERS + "/+") for _ in range(40)),
        "session_token": rng.choice(["", text_of(rng, LETTERS + "/+=", 60)]),
        "region": rng.choice(["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]),
        "service": service,
        "time": "%04d%02d%02dT%02d%02d%02dZ" % (rng.randint(2000, 2099), rng.randint(1, 12), rng.randint(1, 28),
                                                rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)),
        "expires": rng.choice([0, 0, rng.randint(1, 604800)]),
    }
    if question["expires"] == 0 and rng.random() < 0.1:
        question["headers"] += [["Authorization", "an old one"], ["X-Amz-Date", "20000101T000000Z"]]
        if question["session_token"]:
            question["headers"].append(["x-amz-security-token", "an old one"])
    return question


def pairs_of(query):
    return [tuple(unquote_to_bytes(side) for side in part.partition("=")[::2]) for part in query.split("&") if part]


def as_specified(query):
    return "&".join("%s=%s" % (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in pairs_of(query))


def botocore_request(question, target):
    path, _, query = target.partition("?")
    request = AWSRequest(method=question["method"], url="https://host%s?%s" % (path, as_specified(query)),
                         data=question["body"].encode("utf-8"))
    for name, value in question["headers"]:
        if name.lower() not in NEVER_SIGNED:
            request.headers[name] = value
    request.context["timestamp"] = question["time"]
    return request


def steps_of(auth, request):
    canonical_request = auth.canonical_request(request)
    string_to_sign = auth.string_to_sign(request, canonical_request)
    return {"canonical_request": canonical_request, "string_to_sign": string_to_sign,
            "signature": auth.signature(string_to_sign, request)}


def credentials_of(question):
    return Credentials(question["access_key_id"], question["secret_access_key"], question["session_token"] or None)


def botocore_header_form(question):
    auth_class = S3PathAuth if question["service"] == "s3" else SigV4Auth
    auth = auth_class(credentials_of(question), question["service"], question["region"])
    request = botocore_request(question, question["target"])
    auth._modify_request_before_signing(request)
    steps = steps_of(auth, request)
    auth._inject_signature_to_request(request, steps["signature"])
    return {**steps, "authorization": request.headers["Authorization"]}


def is_kept_whole(query):
    pairs = pairs_of(query)
    try:
        for side in sum(pairs, ()):
            side.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(pairs) == len({name for name, _ in pairs})


def botocore_presigned(question, our_target):
    """From the parameters on where botocore keeps them all, else from our target on."""
    auth = SigV4QueryAuth(credentials_of(question), question["service"], question["region"], question["expires"])
    if question["service"] == "s3":
        auth._normalize_url_path = lambda path: path
    body_moves = question["body"] != ""  # botocore would move a body into the query
    if is_kept_whole(question["target"].partition("?")[2]) and not body_moves:
        request = botocore_request(question, question["target"])
        auth._modify_request_before_signing(request)
        return steps_of(auth, request)
    unsigned = our_target.rpartition("&X-Amz-Signature=")[0]
    return steps_of(auth, botocore_request(question, unsigned))


def ask(peer, questions):
    lines = []
    for question in questions:
        wire = {key: to_wire(value) if isinstance(value, str) else value for key, value in question.items()}
        wire["headers"] = [[to_wire(name), to_wire(value)] for name, value in question["headers"]]
        lines.append(json.dumps(wire))
    done = subprocess.run([peer], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True, timeout=100)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions), "the peer answered %d of %d" % (len(answers), len(questions))
    return answers


def differences(question, answer):
    if question["expires"]:
        theirs = botocore_presigned(question, from_wire(answer["target"]))
        presented = answer["target"].rpartition("&X-Amz-Signature=")[2]
    else:
        theirs = botocore_header_form(question)
        presented = answer["authorization"].rpartition("Signature=")[2]
    for step, value in theirs.items():
        ours = from_wire(answer[step])
        if ours != value:
            yield "%s\n  ours   %r\n  theirs %r" % (step, ours, value)
    if presented != theirs["signature"]:
        yield "the signature in the request is not the one computed"
    if answer["read_error"]:
        yield "our own reader refuses it: " + answer["read_error"]
    elif answer["verified"] != {step: answer[step] for step in answer["verified"]}:
        yield "our own verifier comes to another signature: %r" % answer["verified"]


def known_differences(peer, rng):
    """Says what we do where botocore can not be the judge."""
    cases = [
        ("a query is decoded and encoded again, plus stays plus", {"target": "/?b=+&a=%7e&&%61"}, "\na=&a=~&b=%2B\n"),
        ("only ASCII blanks are folded", {"headers": [["Host", "h"], ["a", " \u00a0x  \u3000 "]]},
         "\na:\u00a0x \u3000\n"),
        ("hop-by-hop headers are not signed",
         {"headers": [["Host", "h"]] + [[name, "x"] for name in sorted(NEVER_SIGNED)]}, "\n\nhost;x-amz-date\n"),
        ("an old session token goes", {"headers": [["Host", "h"], ["X-Amz-Security-Token", "an old one"]]},
         "\n\nhost;x-amz-date\n"),
    ]
    questions = [{**random_question(rng), "service": "sts", "session_token": "", "expires": 0, **changes}
                 for _, changes, _ in cases]
    for (what, _, expected), answer in zip(cases, ask(peer, questions)):
        if expected not in from_wire(answer["canonical_request"]):
            yield "%s: %r is not in %r" % (what, expected, from_wire(answer["canonical_request"]))


def main():
    peer = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    print("seed %d" % seed, flush=True)
    rng = random.Random(seed)
    questions = [random_question(rng) for _ in range(COUNT)]
    failed = 0
    for question, answer in zip(questions, ask(peer, questions)):
        found = list(differences(question, answer))
        failed += 1 if found else 0
        if found and failed <= 5:
            print("request %s\n  %s" % (json.dumps(question), "\n  ".join(found)))
    for difference in known_differences(peer, rng):
        failed += 1
        print(difference)
    print("%d requests signed by both, %d differ" % (COUNT, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
