#pragma once

#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/metadata/task.hpp"

namespace understudy::metadata {

/// Reads `ecs` and `tasks` of the map behind `containers`:
///
///     ecs: {account_id: "111122223333", cluster: dev, availability_zone: eu-west-1a, vpc_id: vpc-0123456789abcdef0,
///           launch_type: FARGATE, instance_tags: {Rack: "7"},
///           task_overlay: '{"Limits": {"CPU": 0.25}}', container_overlay: '{"Type": "NORMAL"}'}
///     tasks:
///       shop:                                       # a compose project; "*": every other task
///         arn: arn:aws:ecs:..
///         family: shop
///         revision: "3"
///         service: web
///         group: service:web
///         cpu: 512                                  # CPU units, 1024 of which are one
///         memory: 1024                              # MiB
///         tags: {Team: a}
///         containers:
///           web: {name: front, arn: arn:.., cpu: 256, memory: 128, id: 64 hex digits, image: nginx:1.27,
///                 addresses: [172.18.0.2], labels: {understudy.role: app}}
///
/// The region is left to the caller, and so is the account where none is written: it is empty then.
[[nodiscard]] TaskSettings read_task_settings(Fields& containers, std::vector<Problem>& problems);

}  // namespace understudy::metadata
