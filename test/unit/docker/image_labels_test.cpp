#include "understudy/docker/image_labels.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fakes/fake_engine.hpp"

#include <doctest/doctest.h>

namespace understudy::docker {
namespace {

constexpr const char* kNumber = "com.docker.compose.container-number";
constexpr const char* kHash = "com.docker.compose.config-hash";

/// What the engine tells of a container of that image that compose's labels say is `web` of `shop`.
metadata::Container made(Labels labels, const std::string& image = "sha256:0f") {
  auto container = fakes::running(std::string(64, 'a'), "shop-web-1", "172.18.0.2");
  container.image_id = image;
  container.labels = std::move(labels);
  container.name = "web";
  container.project = "shop";
  return container;
}

struct Stage {
  metadata::Container told(Labels labels, Labels image) {
    engine.put_image("sha256:0f", std::move(image));
    auto container = made(std::move(labels));
    CHECK(images.leave_out(container));
    return container;
  }

  fakes::FakeEngine engine;
  ImageLabels images{engine};
};

TEST_CASE("what the image says is no label of the container's own") {
  struct Row {
    Labels labels;
    Labels image;
    Labels own;
  };
  for (const auto& [labels, image, own] : std::vector<Row>{
           {{{"a", "1"}}, {}, {{"a", "1"}}},
           {{{"a", "1"}}, {{"a", "1"}}, {}},
           {{{"a", "1"}}, {{"a", "2"}}, {{"a", "1"}}},
           {{{"a", "1"}, {"b", ""}}, {{"b", ""}, {"c", "3"}}, {{"a", "1"}}},
       }) {
    const auto container = Stage().told(labels, image);
    CHECK(container.own_labels == own);
    CHECK(container.labels == labels);
  }
}

TEST_CASE("a service is compose's word, and not the image's") {
  const Labels built{{"com.docker.compose.project", "shop"}, {"com.docker.compose.service", "web"}};
  const auto with = [&](const char* name, const char* value) {
    auto labels = built;
    labels.emplace(name, value);
    return labels;
  };
  struct Row {
    Labels labels;
    Labels image;
    bool is_service;
  };
  for (const auto& [labels, image, is_service] : std::vector<Row>{
           {with(kNumber, "1"), {}, true},
           {with(kNumber, "1"), built, true},  // of an image that compose built
           {with(kHash, "0f1e"), built, true},
           {built, built, false},  // the same image, started by docker run
           {with(kNumber, "1"), with(kNumber, "1"), false},
           {with(kHash, "0f1e"), with(kHash, "0f1e"), false},
           {built, {}, false},
       }) {
    const auto container = Stage().told(labels, image);
    CHECK(container.project == (is_service ? "shop" : ""));
    CHECK(container.name == (is_service ? "web" : "shop-web-1"));
  }
}

TEST_CASE("an image is asked about once, and not for a container without labels") {
  Stage stage;
  (void)stage.told({}, {});
  CHECK(stage.engine.asked().empty());
  (void)stage.told({{"a", "1"}}, {});
  (void)stage.told({{"b", "1"}}, {});
  CHECK(stage.engine.asked() == std::vector<std::string>{"image sha256:0f"});
}

TEST_CASE("of more images than are kept some are asked about again") {
  Stage stage;
  for (int i = 0; i < 1000; ++i) {
    const auto id = "sha256:" + std::to_string(i);
    stage.engine.put_image(id, {});
    auto container = made({{"a", "1"}}, id);
    CHECK(stage.images.leave_out(container));
    CHECK(container.own_labels.size() == 1);
  }
  (void)stage.told({{"a", "1"}}, {});
  CHECK(stage.engine.asked().size() == 1001);
}

TEST_CASE("where the image is not told of, all labels may be its") {
  Stage stage;
  auto container = made({{"a", "1"}, {kNumber, "1"}}, "sha256:none");
  const auto told = stage.images.leave_out(container);
  REQUIRE_FALSE(told);
  CHECK(told.error().code == "NoSuchImage");
  CHECK(container.own_labels.empty());
  CHECK(container.project.empty());
}

}  // namespace
}  // namespace understudy::docker
