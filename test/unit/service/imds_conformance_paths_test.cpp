#include <string>
#include <vector>

#include "imds_conformance.hpp"
#include "understudy/metadata/versions.hpp"

#include <doctest/doctest.h>

/// How a path may be spelled, and what folders list in each version.
namespace understudy::service {
namespace {

Row get(std::string target, Reply reply) { return {"GET", std::move(target), With::kToken, std::move(reply)}; }

TEST_CASE("one path has many spellings, and each answers the same bytes") {
  ImdsStage stage;
  const auto id = value("i-0123456789abcdef0");
  const auto role = value("app");
  check_rows(stage, {
                        get("/latest/meta-data/instance-id", id),
                        get("/latest/meta-data/instance-id/", id),
                        get("/latest/meta-data/instance-id//", id),
                        get("//latest/meta-data/instance-id", id),
                        get("/latest//meta-data/instance-id", id),
                        get("///latest///meta-data///instance-id", id),
                        get("/./latest/./meta-data/./instance-id/.", id),
                        get("/latest/meta-data/instance-id?x=1", id),
                        get("/latest/meta-data/instance-id/?", id),
                        get("/latest/meta-data/%69nstance-id", id),
                        get("/%6C%61test/meta%2Ddata/instance-id", id),
                        get("/latest/meta-data/instance%2did", id),
                        get("/latest/meta-data/iam/security-credentials", role),
                        get("/latest/meta-data/iam/security-credentials/", role),
                        get("//latest//meta-data//iam//security-credentials//?a=b&c", role),
                        get("/2012-01-12/meta-data/iam/security-credentials", role),
                    });
}

TEST_CASE("what is nowhere is a 404, however near it is to something") {
  ImdsStage stage;
  std::vector<Row> rows;
  for (const char* target : {"/Latest/meta-data/",
                             "/latest/Meta-Data/",
                             "/latest/meta-data/Instance-Id",
                             "/latest/meta-dat",
                             "/latest/meta-data/instance-i",
                             "/latest/meta-data/instance-idx",
                             "/latest/meta-data/instance-id/x",
                             "/latest/meta-data/iam/info/Code",
                             "/latest/api",
                             "/latest/api/",
                             "/api/token",
                             "/meta-data",
                             "/latest/dynamic/x",
                             "/2026-04-14",
                             "/2026-04-16/meta-data/",
                             "/2020-01-01/user-data",
                             "/0.9",
                             "/1.1/meta-data",
                             "/latest/..",
                             "/latest/../latest/meta-data/",
                             "/latest/meta-data/%2e%2e/meta-data/",
                             "/latest/meta-data%2finstance-id",
                             "/latest/meta-data/instance-id%00",
                             "/latest/meta-data/instance-id%20",
                             "/latest\\meta-data",
                             "/%",
                             "/index.html"}) {
    rows.push_back(get(target, page()));
  }
  check_rows(stage, rows);
}

TEST_CASE("the root lists the versions, and each version the same three, of which some may be nowhere") {
  ImdsStage stage;
  const std::string versions =
      "1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\n"
      "2011-01-01\n2011-05-01\n2012-01-12\n2014-02-25\n2014-11-05\n2015-10-20\n2016-04-19\n2016-06-30\n2016-09-02\n"
      "2018-03-28\n2018-08-17\n2018-09-24\n2019-10-01\n2020-10-27\n2021-01-03\n2021-03-23\n2021-07-15\n2022-09-24\n"
      "2024-04-11\n2025-10-04\n2026-04-15\nlatest";
  std::vector<Row> rows{get("/", value(versions)), get("//", value(versions)), get("/?x", value(versions))};
  for (const auto version : metadata::versions()) {
    rows.push_back(get("/" + std::string(version), value("dynamic\nmeta-data\nuser-data")));
    rows.push_back(get("/" + std::string(version) + "/", value("dynamic\nmeta-data\nuser-data")));
    rows.push_back(get("/" + std::string(version) + "/user-data", page()));
  }
  rows.push_back(get("/latest/", value("dynamic\nmeta-data\nuser-data")));
  rows.push_back(get("/1.0/dynamic/", page()));
  rows.push_back(get("/2008-09-01/dynamic", page()));
  rows.push_back(get("/2009-04-04/dynamic", value("fws/\ninstance-identity/")));
  rows.push_back(get("/latest/dynamic/", value("fws/\ninstance-identity/")));
  rows.push_back(get("/latest/dynamic/fws/", value("instance-monitoring")));
  rows.push_back(get("/latest/dynamic/instance-identity", value("document\npkcs7\nrsa2048\nsignature")));
  rows.push_back(get("/2009-04-04/dynamic/instance-identity/", value("document\npkcs7\nrsa2048\nsignature")));
  rows.push_back(get("/2008-09-01/dynamic/instance-identity/", page()));
  rows.push_back(get("/latest/dynamic/fws/instance-monitoring", value("disabled")));
  check_rows(stage, rows);
}

TEST_CASE("an instance's listing grows with the versions") {
  ImdsStage stage(settings_of("{role: app, instance: {tags: {Name: web}, public_keys: {mine: ssh-ed25519 AAAA me}}}"));
  const auto listing = [](const char* version, const char* names) {
    return get(std::string("/") + version + "/meta-data/", value(names));
  };
  check_rows(
      stage,
      {
          listing("1.0",
                  "ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-ipv4\npublic-keys/\n"
                  "reservation-id\nsecurity-groups"),
          listing("2007-01-19",
                  "ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-hostname\nlocal-ipv4\n"
                  "public-keys/\nreservation-id\nsecurity-groups"),
          listing("2008-09-01",
                  "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nhostname\ninstance-action\n"
                  "instance-id\ninstance-type\nlocal-hostname\nlocal-ipv4\nplacement/\nprofile\npublic-keys/\n"
                  "reservation-id\nsecurity-groups"),
          listing(
              "2012-01-12",
              "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nhostname\niam/\ninstance-action\n"
              "instance-id\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\nmetrics/\nnetwork/\nplacement/\nprofile\n"
              "public-keys/\nreservation-id\nsecurity-groups"),
          listing("2019-10-01",
                  "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nevents/\nhostname\niam/\n"
                  "identity-credentials/\ninstance-action\ninstance-id\ninstance-life-cycle\ninstance-type\n"
                  "local-hostname\nlocal-ipv4\nmac\nmetrics/\nnetwork/\nplacement/\nprofile\npublic-keys/\n"
                  "reservation-id\nsecurity-groups\nservices/"),
          listing("latest",
                  "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nevents/\nhostname\niam/\n"
                  "identity-credentials/\ninstance-action\ninstance-id\ninstance-life-cycle\ninstance-type\n"
                  "local-hostname\nlocal-ipv4\nmac\nmetrics/\nnetwork/\nplacement/\nprofile\npublic-keys/\n"
                  "reservation-id\nsecurity-groups\nservices/\nsystem\ntag-sets/\ntags/"),
      });
}

TEST_CASE("folders list what is in them, with a slash behind what is a folder itself") {
  ImdsStage stage(
      settings_of("{role: app, instance: {mac: '02:00:00:00:00:01', tags: {b: 1, A: 2, a: 3},"
                  " public_keys: {mine: ssh-ed25519 AAAA me, yours: ssh-ed25519 BBBB you}}}"));
  const std::string meta_data = "/latest/meta-data/";
  check_rows(stage,
             {
                 get(meta_data + "block-device-mapping", value("ami\nroot")),
                 get(meta_data + "events", value("maintenance/")),
                 get(meta_data + "events/maintenance", value("history\nscheduled")),
                 get(meta_data + "iam", value("info\nsecurity-credentials/")),
                 get(meta_data + "identity-credentials", value("ec2/")),
                 get(meta_data + "identity-credentials/ec2", value("info\nsecurity-credentials/")),
                 get(meta_data + "identity-credentials/ec2/security-credentials/", value("ec2-instance")),
                 get(meta_data + "metrics", value("vhostmd")),
                 get(meta_data + "network", value("interfaces/")),
                 get(meta_data + "network/interfaces", value("macs/")),
                 get(meta_data + "network/interfaces/macs", value("02:00:00:00:00:01/")),
                 get(meta_data + "network/interfaces/macs/02:00:00:00:00:01",
                     value("device-number\ninterface-id\nlocal-hostname\nlocal-ipv4s\nmac\nnetwork-card\nowner-id\n"
                           "security-group-ids\nsecurity-groups\nsubnet-id\nsubnet-ipv4-cidr-block\nvpc-id\n"
                           "vpc-ipv4-cidr-block\nvpc-ipv4-cidr-blocks")),
                 get(meta_data + "network/interfaces/macs/02%3A00:00:00:00:01/mac", value("02:00:00:00:00:01")),
                 get("/2016-04-19/meta-data/network/interfaces/macs/02:00:00:00:00:01/vpc-ipv4-cidr-blocks", page()),
                 get(meta_data + "placement", value("availability-zone\navailability-zone-id\nregion")),
                 get("/2018-09-24/meta-data/placement", value("availability-zone")),
                 get("/2008-02-01/meta-data/placement/", value("availability-zone")),
                 get("/2007-12-15/meta-data/placement/", page()),
                 get(meta_data + "public-keys", value("0=mine\n1=yours")),
                 get(meta_data + "public-keys/0", value("openssh-key")),
                 get(meta_data + "public-keys/1/openssh-key", value("ssh-ed25519 BBBB you\n")),
                 get(meta_data + "public-keys/2/openssh-key", page()),
                 get(meta_data + "public-keys/0=mine", page()),
                 get(meta_data + "services", value("domain\npartition")),
                 get(meta_data + "tags", value("instance/")),
                 get(meta_data + "tags/instance", value("A\na\nb")),
                 get(meta_data + "tag-sets", value("instance")),
             });
}

}  // namespace
}  // namespace understudy::service
