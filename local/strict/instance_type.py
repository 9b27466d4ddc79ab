"""The type of an instance changes while it is stopped only.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
"""

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward


class StoppedForInstanceType:
    def applies(self, call: Call) -> bool:
        return (call.service, call.operation) == ("ec2", "ModifyInstanceAttribute")

    def answer(self, call: Call, forward: Forward) -> Reply:
        asked = call.parameters
        if "InstanceType" in asked or asked.get("Attribute") == "instanceType":
            self._check(call, str(asked.get("InstanceId", "")), forward)
        return forward(call)

    def _check(self, call: Call, instance: str, forward: Forward) -> None:
        described = call.instead("DescribeInstances", {"InstanceId.1": instance})
        reply = forward(described)
        if reply.status != 200:
            return
        for reservation in described.read(reply)["Reservations"]:
            for found in reservation["Instances"]:
                if found["State"]["Name"] != "stopped":
                    raise RefusedError(
                        "IncorrectInstanceState", f"The instance '{instance}' is not in the 'stopped' state."
                    )
