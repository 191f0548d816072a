"""Finds the secrets in what a test sees, and finds them again where they must not be.

What the harness passes on (answers, proofs that clients send, documents that commands print, token files) is read for
secrets by their places, so that no test has to name those that it was handed. A secret counts as told also where it is
percent-encoded, or cut: twenty characters from its middle are enough. (Beginnings do not count: tokens of one kind may
begin alike.)
"""

import re
import urllib.parse

# As documents in JSON, answers in XML, lines for a shell and fields of a form hold them.
PLACES = (
    re.compile(r'"(?:SecretAccessKey|Token|SessionToken|secretAccessKey|sessionToken|secret_access_key|session_token)"\s*:'
               r'\s*"([^"]+)"'),
    re.compile(r"<(?:SecretAccessKey|SessionToken)>([^<]+)<"),
    re.compile(r"(?i)aws_(?:secret_access_key|session_token)\s*=\s*[\"']?([^\s\"';]+)"),
    re.compile(r"(?:WebIdentityToken|SAMLAssertion)=([^&\s]+)"),
)
# What clients prove themselves by.
PROOFS = ("authorization", "x-aws-ec2-metadata-token", "x-amz-security-token")
SHORTEST = 16  # Less than that is a test's word for "wrong".
PIECE = 20


def in_text(text):
    return {found for place in PLACES for found in place.findall(text) if len(found) >= SHORTEST}


def in_headers(headers):
    """A signature is no secret; a token is, whether or not it is the right one."""
    proofs = {value.removeprefix("Bearer ") for name, value in (headers or {}).items() if name.lower() in PROOFS}
    return {proof for proof in proofs if len(proof) >= SHORTEST and not proof.startswith("AWS4-")}


def in_folder(folder):
    """The content of token files, whoever made them."""
    contents = {file.read_text(errors="replace").strip() for file in folder.rglob("*token*") if file.is_file()}
    return {content for content in contents if len(content) >= SHORTEST and "\n" not in content}


def lines_that_tell(secrets, text):
    """Those lines of `text` that tell one, whole or in part; in its place stands how it ends."""
    pieces = sorted(((form, secret) for secret in secrets for form in forms(secret)), key=lambda pair: -len(pair[0]))
    telling = []
    for line in text.splitlines():
        blotted = line
        for piece, secret in pieces:
            blotted = blotted.replace(piece, f"[a secret, ..{secret[-4:]}]")
        if blotted != line:
            telling.append(blotted)
    return telling


def told(secrets, texts):
    """Those (name, line) of (name, text) that tell one of many secrets, for many texts. Secrets shorter than SHORTEST
    are left out: they are a test's own words."""
    beginnings = {}
    for secret in secrets:
        for form in forms(secret) if len(secret) >= SHORTEST else ():
            beginnings.setdefault(form[:SHORTEST], []).append((form, secret))
    telling = []
    for name, text in texts:
        found = {secret for place in range(len(text) - SHORTEST + 1)
                 for form, secret in beginnings.get(text[place:place + SHORTEST], ()) if text.startswith(form, place)}
        telling += [(name, line) for line in lines_that_tell(found, text)] if found else []
    return telling


def forms(secret):
    middle = (len(secret) - PIECE) // 2
    whole = {secret, urllib.parse.quote(secret, safe="")}
    return whole | {secret[middle:middle + PIECE]} if len(secret) > 2 * PIECE else whole
