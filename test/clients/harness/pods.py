"""What a server of EKS Pod Identity has to verify tokens by, and such a token."""

import sys
from pathlib import Path

from .builds import Unavailable

sys.path.append(str(Path(__file__).resolve().parents[2] / "integration"))

TOKEN = "pod-token"  # in the server's folder: a token of the service account `app`, good for an hour


def prepare(_, folder):
    """The section of the configuration by which that service account, and no other, plays `app`. The tokens that count are
    those of a cluster that is made here (RS256, as Kubernetes signs); Host is looked at, as by default."""
    try:
        from cluster import Cluster
    except ImportError:
        raise Unavailable(f"{sys.executable} has no cryptography (apt-get install python3-cryptography)") from None
    cluster = Cluster()
    keys = folder / "jwks.json"
    keys.write_text(cluster.jwks())
    (folder / TOKEN).write_text(cluster.token())
    return f"""\
pod_identity:
  associations: [{{namespace: default, service_account: app, role: app}}]
  jwks_file: {keys}
"""
