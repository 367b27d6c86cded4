"""What a CloudFormation template becomes with each of some sets of values, and what cfn-lint finds in templates."""

import ipaddress
import json
import re
import sys

import yaml
from cfnlint.api import ManualArgs, lint
from cfnlint.helpers import REGIONS

ACCOUNT = {"AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012"}


def tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


class Loader(yaml.SafeLoader):
    pass


Loader.add_multi_constructor("!", tagged)


class Stack:
    """A template with values for its parameters; resources are called as the test wants them."""

    NOTHING = object()

    def __init__(self, template, values):
        self.template = template
        self.values = {name: str(one["Default"]) for name, one in template["Parameters"].items()}
        self.values.update(ACCOUNT)
        self.values.update(values)

    def get(self, name):
        if name == "AWS::NoValue":
            return Stack.NOTHING
        if name in self.values:
            return self.values[name]
        raise KeyError(f"no value for {name}")

    def is_met(self, condition):
        return self.of(self.template["Conditions"][condition])

    def of(self, node):
        if isinstance(node, list):
            return [value for value in map(self.of, node) if value is not Stack.NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref":
                return self.get(argument)
            if name.startswith("Fn::"):
                return self.call(name[4:], argument)
        resolved = {key: self.of(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not Stack.NOTHING}

    def call(self, function, argument):
        if function == "If":
            return self.of(argument[1] if self.is_met(argument[0]) else argument[2])
        if function == "Not":
            return not self.of(argument[0])
        if function == "Equals":
            return str(self.of(argument[0])) == str(self.of(argument[1]))
        if function == "Or":
            return any(self.of(one) for one in argument)
        if function == "FindInMap":
            name, first, second = map(self.of, argument)
            return self.template["Mappings"][name][first][second]
        if function == "Split":
            return self.of(argument[1]).split(argument[0])
        if function == "Join":
            return argument[0].join(self.of(argument[1]))
        if function == "Select":
            return self.of(argument[1])[int(argument[0])]
        if function == "GetAZs":
            return [self.get("AWS::Region") + zone for zone in "abc"]
        if function == "Cidr":
            network, count, bits = map(self.of, argument)
            return [str(one) for one in ipaddress.ip_network(network).subnets(new_prefix=32 - int(bits))][: int(count)]
        if function == "GetAtt":
            return self.get(argument)
        if function == "Sub":
            text, more = argument if isinstance(argument, list) else (argument, {})
            more = {name: self.of(value) for name, value in more.items()}
            return re.sub(r"\$\{([^}]+)}", lambda match: str(more.get(match[1]) if match[1] in more else self.get(match[1])), text)
        raise ValueError(f"{function} is not computed here")


def resolved(template, values):
    stack = Stack(template, values)

    def made(part, key):
        parts = template[part].items()
        return {name: stack.of(one.get(key, {})) for name, one in parts if "Condition" not in one or stack.is_met(one["Condition"])}

    return {"resources": made("Resources", "Properties"), "outputs": made("Outputs", "Value")}


def findings(path, regions, mandatory):
    """Checks that are mandatory are made even where the template says that they are not to be."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    config = ManualArgs(regions=[region for region in regions if region in REGIONS], mandatory_checks=mandatory)
    return [str(finding) for finding in lint(text, config=config)]


def stacks(path, *values):
    with open(path, encoding="utf-8") as file:
        template = yaml.load(file, Loader)
    return [resolved(template, json.loads(one)) for one in values]


def linted(templates):
    templates = json.loads(templates)
    unknown = {region for _, regions, _ in templates for region in regions} - set(REGIONS)
    return {"findings": [findings(*one) for one in templates], "unknown": sorted(unknown)}


COMMANDS = {"stacks": stacks, "lint": linted}
print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
