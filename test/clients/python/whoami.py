"""Prints who the default chain's credentials belong to.

The argument, where there is one, is the address of STS: old releases read no AWS_ENDPOINT_URL_STS.
"""

import sys

import boto3

endpoint = sys.argv[1] if len(sys.argv) > 1 else None
print(boto3.client("sts", endpoint_url=endpoint).get_caller_identity()["Arn"])
