# Prints who the default chain's credentials belong to. The one argument is the address of STS: this SDK's
# generation reads no AWS_ENDPOINT_URL_STS.
require "aws-sdk-core"

puts Aws::STS::Client.new(endpoint: ARGV.fetch(0)).get_caller_identity.arn
