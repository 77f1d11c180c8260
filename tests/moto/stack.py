"""Deploys template.yaml, all of it, to moto's CloudFormation, EventBridge, SQS, S3, KMS, IAM and Lambda. moto knows no Glue,
Athena and Secrets Manager in templates: of these it deploys the parameters and outputs only."""

import io
import json
import logging
import warnings
import zipfile
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "us-east-1"
STACK = "okta-lake"
BUS = "aws.partner/okta.com/acme/okta-lake"
SECURITY_LAKE = {"bucket": "aws-security-data-lake", "account": "111122223333", "external_id": "okta-lake"}
PARAMETERS = {
    "OktaEventBusName": BUS,
    "Architecture": "x86_64",
    "SecurityLakeBucket": SECURITY_LAKE["bucket"],
    "SecurityLakeAccount": SECURITY_LAKE["account"],
    "SecurityLakeExternalId": SECURITY_LAKE["external_id"],
}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}


class Stack:
    """The deployed stack: `events`, `sqs`, `s3` are clients of moto; `sam` is the template, `template` what was deployed of it,
    without SAM; `outputs` are its outputs."""

    def __init__(self, template: Path):
        # Its log of each request, and its warnings: it has no bucket and queue policies, so those are not tested here.
        for logger in ("werkzeug", "moto"):
            logging.getLogger(logger).setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", module="moto")
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.endpoint = "http://%s:%d" % self._server.get_host_and_port()
        self.events, self.sqs, self.s3 = map(self.client, ("events", "sqs", "s3"))
        self._associate_partner_bus()
        self.sam = yaml_parse(template.read_text())
        self.template = _translate(template, self._upload_code(), self._upload_nested(template))
        self.outputs = self._deploy(self.template)

    def stop(self) -> None:
        """Stops moto."""
        self._server.stop()

    def function_env(self) -> dict[str, str]:
        """The variables that the deployed function has, and those that make its SDK talk to moto."""
        functions = self.client("lambda").list_functions()["Functions"]
        assert len(functions) == 2, f"expected the stream and the backfill function, got {functions}"
        stream = next(function for function in functions if "StreamFunction" in function["FunctionName"])
        return stream["Environment"]["Variables"] | CREDENTIALS | {"AWS_ENDPOINT_URL_S3": self.endpoint}

    def athena_parameters(self) -> dict[str, str]:
        """What the stack gives to the one within it."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        nested = next(stack for stack in stacks if stack["StackName"] != STACK)
        assert nested["StackStatus"] == "CREATE_COMPLETE", nested
        return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in nested["Parameters"]}

    def client(self, service: str):
        """A client of moto."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def _associate_partner_bus(self) -> None:
        # moto takes what follows the last slash for the name of a bus, whenever one is referred to.
        self.events.create_event_bus(Name=BUS.rsplit("/", 1)[1])

    def _upload_code(self) -> str:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as package:
            package.writestr("bootstrap", "")
        self.s3.create_bucket(Bucket="code")
        self.s3.put_object(Bucket="code", Key="stream.zip", Body=archive.getvalue())
        return "s3://code/stream.zip"

    def _upload_nested(self, template: Path) -> str:
        """Athena's template, for CloudFormation takes nested ones from S3 only; `sam deploy` does the same."""
        nested = yaml_parse(template.read_text())["Resources"]["Athena"]["Properties"]["TemplateURL"]
        body = json.dumps(yaml_parse((template.parent / nested).read_text()))
        self.s3.put_object(Bucket="code", Key="athena.template", Body=body)
        # moto reads its own S3, whatever the host; but it must be one of S3's.
        return "https://s3.amazonaws.com/code/athena.template"

    def _deploy(self, template: dict) -> dict[str, str]:
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _translate(template: Path, code_uri: str, athena_url: str) -> dict:
    """SAM to CloudFormation, with SAM's own translator."""
    sam = yaml_parse(template.read_text())
    sam["Resources"]["Athena"]["Properties"]["TemplateURL"] = athena_url
    for function in ("StreamFunction", "BackfillFunction"):
        sam["Resources"][function]["Properties"]["CodeUri"] = code_uri
    # The managed policies of IAM, which SAM would look up by name: the template uses none.
    cloudformation = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION)).translate(
        sam, dict(PARAMETERS)
    )
    # moto would poll the queue itself and run the function in Docker: here the test plays Lambda's poller.
    del cloudformation["Resources"]["StreamFunctionQueue"]
    # moto's EventBridge knows no topics. A queue gets what would be mailed, to be read by a test.
    cloudformation["Resources"]["GapRule"]["Properties"]["Targets"][0]["Arn"] = {"Fn::GetAtt": ["BackfillFailures", "Arn"]}
    # moto deploys a nested stack, and knows nothing of its outputs.
    for name in ("AthenaWorkGroup", "AthenaQueries"):
        del cloudformation["Outputs"][name]
    return cloudformation
