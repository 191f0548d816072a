"""Programs that read instance metadata for a living, unmodified and as Debian packages them.

`./dev` unpacks them beside its other caches (to install cloud-init would give the machine its services); one that is not
there is skipped by name. Those that know AWS's address alone run in a network namespace where the server has it.
"""

import os
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "clients"))
import understudy  # noqa: E402
from harness import namespace  # noqa: E402
from harness.namespace import Namespace  # noqa: E402,F401

ROOT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "understudy" / "crawlers"


def why_not():
    """Why nothing can be asked for at AWS's own addresses here, or None."""
    if understudy.is_emulated():
        return "qemu does not tell by which interface a connection comes (IP_PKTOPTIONS), so it is refused"
    return namespace.why_not()


# Crawls as at boot, and says what the machine would be set up with. Arguments: endpoint, a folder of its own.
CLOUD_INIT = """
import inspect, json, sys, types
from cloudinit import helpers
from cloudinit.sources import DataSourceEc2 as ec2
ec2.identify_platform = lambda: ec2.CloudNames.AWS  # asks the firmware, which here is not Amazon's
settings = {"metadata_urls": [sys.argv[1]], "max_wait": 10, "timeout": 5}
source = ec2.DataSourceEc2({"datasource": {"Ec2": settings}}, None, helpers.Paths({"run_dir": sys.argv[2]}))
got = source._get_data()
said = {"got": got}
if got:
    nics = {mac: f"eth{i}" for i, mac in enumerate(sorted(source.metadata["network"]["interfaces"]["macs"]))}
    convert = ec2.convert_ec2_metadata_network_config
    # Debian 13's asks whether netplan is to read it.
    more = {"distro": types.SimpleNamespace(network_renderer=None)} if "distro" in inspect.signature(convert).parameters else {}
    said |= {"version": source._crawled_metadata["_metadata_api_version"], "metadata": source.metadata,
             "user_data": source.userdata_raw.decode(), "identity": source.identity, "id": source.get_instance_id(),
             "zone": source.availability_zone, "region": source.region, "keys": source.get_public_ssh_keys(),
             "network": convert(source.metadata["network"], macs_to_nics=nics, **more)}
print(json.dumps(said))
"""

# The two facts of EC2.
FACTER = """
require "facter"
require "json"
# Asks what the machine runs on, and on anything but a hypervisor of AWS's the facts are not looked for.
Facter::Util::Facts::Posix::VirtualDetector.define_singleton_method(:platform) { "kvm" }
puts JSON.generate(metadata: Facts::Linux::Ec2Metadata.new.call_the_resolver.value,
                   userdata: Facts::Linux::Ec2Userdata.new.call_the_resolver.value)
"""

# What its EC2 plugin is made of.
OHAI = """
require "json"
require "logger"
require "ffi_yajl"
require "ohai/mixin/ec2_metadata"
class Crawler
  include Ohai::Mixin::Ec2Metadata
  def logger = @logger ||= Class.new { def trace(*) = nil }.new
end
crawler = Crawler.new
puts JSON.generate(version: crawler.best_api_version, metadata: crawler.fetch_metadata,
                   user_data: crawler.fetch_userdata)
"""


def ruby(program):
    """The command that runs a Ruby program with what is unpacked, and its variables."""
    folders = [ROOT / "usr/lib/ruby/vendor_ruby", *ROOT.glob("usr/share/rubygems-integration/all/gems/*/lib"),
               *ROOT.glob("usr/lib/*/ruby/vendor_ruby/*")]
    libraries = ":".join(map(str, ROOT.glob("usr/lib/*-linux-gnu*")))
    return ["ruby", *(f"-I{folder}" for folder in folders), "-e", program], {"LD_LIBRARY_PATH": libraries}


def python_path():
    return str(ROOT / "usr/lib/python3/dist-packages")


def why_not_had(name):
    """Why a crawler can't be played here, or None."""
    marks = {"cloud-init": "usr/lib/python3/dist-packages/cloudinit", "ec2-metadata": "usr/bin/ec2-metadata",
             "facter": "usr/lib/ruby/vendor_ruby/facter.rb",
             "ohai": "usr/share/rubygems-integration/all/gems/ohai-*/lib/ohai/mixin/ec2_metadata.rb"}
    if not any(ROOT.glob(marks[name])):
        return f"{name} is not in {ROOT}: ./dev test puts it there where Debian has it"
    if name in ("facter", "ohai") and shutil.which("ruby", path="/usr/bin:/bin") is None:
        return f"{name} needs /usr/bin/ruby (apt-get install ruby)"
    return None
